# What `cmake --install` puts where. docs/installing.md says it for users.
#
# The project has many small libraries. Installed are three: rope_base, which both others need,
# rope_core and rope_client. They hold the same objects.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(ROPE_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/rope_service)

# rope_add_installed_library(NAME LIBRARIES ... DEPS ...): the static library lib<NAME>.a of the
# objects of LIBRARIES, exported as rope::<NAME without rope_>.
function(rope_add_installed_library name)
  cmake_parse_arguments(ARG "" "" "LIBRARIES;DEPS" ${ARGN})
  set(objects)
  foreach(library ${ARG_LIBRARIES})
    get_target_property(type ${library} TYPE)
    if(NOT type STREQUAL "INTERFACE_LIBRARY")
      list(APPEND objects $<TARGET_OBJECTS:${library}>)
    endif()
  endforeach()
  add_library(${name}_installed STATIC ${objects})
  string(REGEX REPLACE "^rope_" "" export_name ${name})
  set_target_properties(${name}_installed PROPERTIES
    OUTPUT_NAME ${name} EXPORT_NAME ${export_name} LINKER_LANGUAGE CXX)
  target_link_libraries(${name}_installed PUBLIC ${ARG_DEPS})
  target_compile_features(${name}_installed PUBLIC cxx_std_20)
  target_include_directories(${name}_installed INTERFACE $<INSTALL_INTERFACE:include>)
  install(TARGETS ${name}_installed EXPORT rope_service ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
endfunction()

# The headers HEADERS and all of this project that they include, as paths in the source tree.
function(rope_header_closure result)
  set(open ${ARGN})
  set(closed)
  while(open)
    list(POP_FRONT open header)
    if(header IN_LIST closed)
      continue()
    endif()
    list(APPEND closed ${header})
    file(STRINGS ${PROJECT_SOURCE_DIR}/${header} lines REGEX "^#include \"(client|core|proto)/")
    foreach(line ${lines})
      string(REGEX REPLACE "^#include \"([^\"]+)\".*" "\\1" included ${line})
      list(APPEND open ${included})
    endforeach()
  endwhile()
  list(SORT closed)
  set(${result} ${closed} PARENT_SCOPE)
endfunction()

# Installs headers below include/rope. There they include each other as "rope/core/...", so that one
# include root is enough.
function(rope_install_headers)
  rope_header_closure(headers ${ARGN})
  install(CODE "
    set(headers \"${headers}\")
    set(source ${PROJECT_SOURCE_DIR})
    set(destination \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_INCLUDEDIR}/rope\")")
  install(SCRIPT ${PROJECT_SOURCE_DIR}/cmake/InstallHeaders.cmake)
endfunction()

# A .pc file from cmake/NAME.pc.in. Paths in it are relative to the file, so that an installation may
# be moved.
file(RELATIVE_PATH ROPE_INCLUDE_FROM_PC /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig
     /prefix/${CMAKE_INSTALL_INCLUDEDIR})
function(rope_install_pkg_config name)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/${name}.pc.in ${PROJECT_BINARY_DIR}/installed/${name}.pc
                 @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/installed/${name}.pc
          DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()

set(base rope_checksum rope_findings rope_sequence_history rope_table)
rope_add_installed_library(rope_base
  LIBRARIES ${base}
  DEPS absl::span absl::status absl::statusor absl::strings PkgConfig::XXHASH)
rope_install_pkg_config(rope-base)
set(public_headers core/checksum/xxh3.h core/findings/finding.h core/findings/finding_table.h
    core/sequences/sequence_history.h core/table/dtype.h core/table/layout.h
    core/table/numeric_profile.h core/table/position_ids.h core/table/table_rows.h)

if(NOT ROPE_CLIENT_ONLY)
  get_property(libraries GLOBAL PROPERTY ROPE_LIBRARIES)
  set(core)
  foreach(library ${libraries})
    get_target_property(folder ${library} SOURCE_DIR)
    if(folder MATCHES "^${PROJECT_SOURCE_DIR}/core/" AND NOT library IN_LIST base)
      list(APPEND core ${library})
    endif()
  endforeach()
  rope_add_installed_library(rope_core
    LIBRARIES ${core}
    DEPS rope_base_installed absl::flat_hash_map absl::flat_hash_set absl::hash absl::str_format
         PkgConfig::MPFR OpenMP::OpenMP_CXX)
  rope_install_pkg_config(rope-core)
  list(APPEND public_headers core/backends/backends.h core/config/model_config.h
       core/dialects/dialects.h core/plan/frequency_plan.h core/positions/rope_index.h
       core/presets/presets.h core/rotation/apply_rotary.h core/rotation/computed_table.h
       core/rotation/family_rotation.h core/sequences/module_frequencies.h
       core/sequences/sequence_plan.h core/validation/validate_config.h)
endif()

if(NOT ROPE_CORE_ONLY)
  rope_add_installed_library(rope_client
    LIBRARIES rope_client rope_proto rope_wire
    DEPS rope_base_installed absl::function_ref absl::random_random absl::time gRPC::grpc++
         protobuf::libprotobuf)
  rope_install_pkg_config(rope-client)
  file(GLOB client_headers RELATIVE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/client/*.h)
  list(APPEND public_headers ${client_headers})
  install(DIRECTORY ${PROJECT_BINARY_DIR}/proto/generated/rope DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
          FILES_MATCHING PATTERN "*.h")
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/proto/rope
          DESTINATION ${CMAKE_INSTALL_DATADIR}/rope_service/proto FILES_MATCHING PATTERN "*.proto")
endif()
rope_install_headers(${public_headers})

install(EXPORT rope_service NAMESPACE rope:: FILE rope_service-targets.cmake
        DESTINATION ${ROPE_CMAKE_DIR})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/rope_service-config.cmake.in
  ${PROJECT_BINARY_DIR}/installed/rope_service-config.cmake INSTALL_DESTINATION ${ROPE_CMAKE_DIR})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/installed/rope_service-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/installed/rope_service-config.cmake
              ${PROJECT_BINARY_DIR}/installed/rope_service-config-version.cmake
        DESTINATION ${ROPE_CMAKE_DIR})
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/LICENSE
              ${PROJECT_SOURCE_DIR}/CHANGELOG.md
        DESTINATION ${CMAKE_INSTALL_DOCDIR})

if(NOT ROPE_CORE_ONLY AND NOT ROPE_CLIENT_ONLY)
  install(TARGETS rope_server ropectl RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  include(RopeManual)
endif()
