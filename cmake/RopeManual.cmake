# Manual pages and completions, made from the help texts of the programs.

set(ROPECTL_COMMANDS info validate freqs table positions plan history apply presets families explain
    warm bench diff plot)
set(manual ${PROJECT_BINARY_DIR}/installed/man)
set(completions ${PROJECT_BINARY_DIR}/installed/completions)
file(MAKE_DIRECTORY ${manual} ${completions})

# Pages are made by help2man, if it is there when the project is configured.
find_program(HELP2MAN_PROGRAM help2man)
if(HELP2MAN_PROGRAM)
  # rope_add_manual_page(PAGE PROGRAM [COMMAND])
  function(rope_add_manual_page page program)
    add_custom_command(
      OUTPUT ${manual}/${page}.1
      COMMAND ${PROJECT_SOURCE_DIR}/cmake/make_manual_page ${HELP2MAN_PROGRAM} ${PROJECT_VERSION}
              ${manual}/${page}.1 $<TARGET_FILE:${program}> ${ARGN}
      DEPENDS ${program} ${PROJECT_SOURCE_DIR}/cmake/make_manual_page
      VERBATIM)
    set_property(GLOBAL APPEND PROPERTY ROPE_MANUAL_PAGES ${manual}/${page}.1)
  endfunction()
  rope_add_manual_page(rope_server rope_server)
  rope_add_manual_page(ropectl ropectl)
  foreach(command ${ROPECTL_COMMANDS})
    rope_add_manual_page(ropectl-${command} ropectl ${command})
  endforeach()
  get_property(pages GLOBAL PROPERTY ROPE_MANUAL_PAGES)
  add_custom_target(rope_manual ALL DEPENDS ${pages})
  install(FILES ${pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
else()
  message(STATUS "help2man is not there: no manual pages are made")
endif()

foreach(shell bash zsh fish)
  add_custom_command(
    OUTPUT ${completions}/ropectl.${shell}
    COMMAND ropectl completions ${shell} > ${completions}/ropectl.${shell}
    DEPENDS ropectl VERBATIM)
endforeach()
add_custom_target(rope_completions ALL
  DEPENDS ${completions}/ropectl.bash ${completions}/ropectl.zsh ${completions}/ropectl.fish)
install(FILES ${completions}/ropectl.bash RENAME ropectl
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${completions}/ropectl.zsh RENAME _ropectl
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${completions}/ropectl.fish
        DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
