# rope_add_test(NAME SOURCES ... DEPS ... LABELS label): a GoogleTest program. Each of its cases is a
# test of ctest. With sanitizers the program runs in four parts instead, NAME.0 to NAME.3, because a
# process takes longer to start than most cases take to run. There is one label only, because
# gtest_discover_tests cannot take a list. The target tests-<label> builds all tests of a label and
# nothing else.

# The paths are in a header, not in definitions on the command line: command lines that do not depend
# on the checkout let a compiler cache serve all checkouts.
configure_file(${PROJECT_SOURCE_DIR}/tests/testing/paths.h.in
               ${PROJECT_BINARY_DIR}/generated/tests/testing/paths.h)

function(rope_add_test name)
  cmake_parse_arguments(ARG "" "LABELS" "SOURCES;DEPS" ${ARGN})
  if(ARG_UNPARSED_ARGUMENTS OR NOT ARG_LABELS)
    message(FATAL_ERROR "rope_add_test(${name}): exactly one label is needed")
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} rope_build_flags GTest::gmock GTest::gtest_main)
  target_include_directories(${name} PRIVATE ${PROJECT_BINARY_DIR}/generated)
  if(ROPE_SANITIZE)
    foreach(part RANGE 3)
      add_test(NAME ${name}.${part} COMMAND ${name})
      set_tests_properties(${name}.${part} PROPERTIES
        LABELS ${ARG_LABELS} TIMEOUT 1200
        ENVIRONMENT "GTEST_TOTAL_SHARDS=4;GTEST_SHARD_INDEX=${part}")
    endforeach()
  else()
    gtest_discover_tests(${name} NO_PRETTY_VALUES DISCOVERY_TIMEOUT 120
                         PROPERTIES LABELS ${ARG_LABELS} TIMEOUT 600)
  endif()

  if(NOT TARGET tests-${ARG_LABELS})
    add_custom_target(tests-${ARG_LABELS})
  endif()
  add_dependencies(tests-${ARG_LABELS} ${name})
endfunction()
