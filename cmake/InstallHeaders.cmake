# Copies the headers HEADERS of the tree SOURCE below DESTINATION. An #include "core/..." becomes an
# #include "rope/core/...".
foreach(header ${headers})
  file(READ ${source}/${header} text)
  string(REGEX REPLACE "#include \"(client|core|proto)/" "#include \"rope/\\1/" text "${text}")
  set(installed "")
  if(EXISTS ${destination}/${header})
    file(READ ${destination}/${header} installed)
  endif()
  if(NOT installed STREQUAL text)
    message(STATUS "Installing: ${destination}/${header}")
    file(WRITE ${destination}/${header} "${text}")
  endif()
endforeach()
