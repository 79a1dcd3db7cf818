# rope_add_test(NAME SOURCES ... DEPS ... LABELS label): one GoogleTest binary, its cases known to ctest one by one.
# One label, because gtest_discover_tests cannot pass on a list. The target tests-<label> builds all
# tests of a label and nothing else.

function(rope_add_test name)
  cmake_parse_arguments(ARG "" "LABELS" "SOURCES;DEPS" ${ARGN})
  if(ARG_UNPARSED_ARGUMENTS OR NOT ARG_LABELS)
    message(FATAL_ERROR "rope_add_test(${name}): exactly one label is needed")
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} rope_build_flags GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE ROPE_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                                             ROPE_BINARY_DIR="${PROJECT_BINARY_DIR}")
  gtest_discover_tests(${name} NO_PRETTY_VALUES DISCOVERY_TIMEOUT 120
                       PROPERTIES LABELS ${ARG_LABELS} TIMEOUT 600)

  if(NOT TARGET tests-${ARG_LABELS})
    add_custom_target(tests-${ARG_LABELS})
  endif()
  add_dependencies(tests-${ARG_LABELS} ${name})
endfunction()
