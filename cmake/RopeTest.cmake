# rope_add_test(NAME [GRPC] SOURCES ... DEPS ... LABELS label): a GoogleTest program. Each of its cases is a
# test of ctest. With sanitizers the program runs in four parts instead, NAME.0 to NAME.3, because a
# process takes longer to start than most cases take to run. There is one label only, because
# gtest_discover_tests cannot take a list. The target tests-<label> builds all tests of a label and
# nothing else. GRPC says that the program calls a service.

# The paths are in a header, not in definitions on the command line: command lines that do not depend
# on the checkout let a compiler cache serve all checkouts.
configure_file(${PROJECT_SOURCE_DIR}/tests/testing/paths.h.in
               ${PROJECT_BINARY_DIR}/generated/tests/testing/paths.h)

# Tests run for milliseconds: to optimise their code takes longer than it saves. gRPC's package adds
# -pthread; all get it, because precompiled headers serve one set of flags.
function(rope_set_test_flags name)
  target_link_libraries(${name} PRIVATE rope_build_flags)
  target_compile_options(${name} PRIVATE -O1 -pthread)
endfunction()

# Half of the time to compile a test goes into the headers of GoogleTest, Abseil and gRPC. They are
# compiled once for all test programs.
function(rope_precompile_test_headers name)
  cmake_parse_arguments(ARG "" "" "HEADERS;DEPS" ${ARGN})
  add_executable(${name} ${PROJECT_SOURCE_DIR}/tests/testing/precompiled_headers.cc)
  target_link_libraries(${name} PRIVATE GTest::gmock ${ARG_DEPS})
  rope_set_test_flags(${name})
  target_precompile_headers(${name} PRIVATE
    <string> <vector> <gmock/gmock.h> <gtest/gtest.h> <absl/status/statusor.h> <absl/strings/str_cat.h>
    ${ARG_HEADERS})
endfunction()

rope_precompile_test_headers(rope_test_headers DEPS absl::statusor absl::strings)
if(NOT ROPE_CORE_ONLY)
  rope_precompile_test_headers(rope_grpc_test_headers
    HEADERS <grpcpp/grpcpp.h> DEPS absl::statusor absl::strings gRPC::grpc++)
  rope_leave_uninstrumented(rope_grpc_test_headers)
endif()

function(rope_add_test name)
  cmake_parse_arguments(ARG "GRPC" "LABELS" "SOURCES;DEPS" ${ARGN})
  if(ARG_UNPARSED_ARGUMENTS OR NOT ARG_LABELS)
    message(FATAL_ERROR "rope_add_test(${name}): exactly one label is needed")
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  rope_set_test_flags(${name})
  # Tests of one program may use the same names.
  set_target_properties(${name} PROPERTIES UNITY_BUILD OFF)
  target_include_directories(${name} PRIVATE ${PROJECT_BINARY_DIR}/generated)
  if(ARG_GRPC)
    target_precompile_headers(${name} REUSE_FROM rope_grpc_test_headers)
    rope_leave_uninstrumented(${name})
  else()
    target_precompile_headers(${name} REUSE_FROM rope_test_headers)
  endif()
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
