# rope_add_test(NAME SOURCES ... DEPS ... LABELS ...): one GoogleTest binary, its cases known to ctest one by one.

function(rope_add_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} rope_build_flags GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE ROPE_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                                             ROPE_BINARY_DIR="${PROJECT_BINARY_DIR}")
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 120 PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 600)
endfunction()
