# How this project is built: warnings, reproducible floating point, sanitizers, the linker.

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # What ccache asks for to cache code that uses precompiled headers.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE_PROGRAM})
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)  # five times as fast as ld
endif()

# These flags apply to all targets, generated code included: the sanitizers check only instrumented code.
if(ROPE_SANITIZE)
  add_compile_options(-fsanitize=${ROPE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${ROPE_SANITIZE})
endif()
if(ROPE_FUZZ)
  # RapidJSON 1.1 adds offsets to the null pointer of its empty stack. g++ has no check for that.
  add_compile_options(-fsanitize=fuzzer-no-link -fno-sanitize=pointer-overflow)
endif()
if(ROPE_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()

# Every target of this project links this interface target. Generated code does not.
add_library(rope_build_flags INTERFACE)
target_include_directories(rope_build_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(rope_build_flags INTERFACE
  -Wall -Wextra
  # The same bytes on every host: a*b+c rounds twice unless the source says std::fma.
  -ffp-contract=off)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # The mutex annotations: which member is guarded by which mutex. g++ does not know them.
  target_compile_options(rope_build_flags INTERFACE -Wthread-safety -Werror=thread-safety)
endif()
# Only with the compilers that CI uses: others warn of other things, and a user who builds with one of
# them needs a program more than a warning.
string(REGEX MATCH "^[0-9]+" major ${CMAKE_CXX_COMPILER_VERSION})
if(ROPE_WERROR AND "${CMAKE_CXX_COMPILER_ID} ${major}" MATCHES "^(GNU 12|Clang 14)$")
  target_compile_options(rope_build_flags INTERFACE -Werror)
endif()
if(ROPE_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 warns about uninitialised values inside its own library when code is instrumented.
  target_compile_options(rope_build_flags INTERFACE -Wno-maybe-uninitialized)
elseif(ROPE_SANITIZE)
  # Clang warns that it cannot vectorise the instrumented loops of the kernels.
  target_compile_options(rope_build_flags INTERFACE -Wno-pass-failed)
endif()

# rope_leave_uninstrumented(NAME): for a program of which most code is templates of gRPC or CLI11. To
# instrument a file of it takes half a minute. The libraries that it calls stay instrumented.
function(rope_leave_uninstrumented name)
  if(ROPE_SANITIZE MATCHES "address")
    target_compile_options(${name} PRIVATE -fno-sanitize=all)
  endif()
endfunction()

# rope_add_library(NAME SOURCES ... DEPS ...): a static library of this project.
# DEPS are public: a target that links the library can include what its headers include.
function(rope_add_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC ${ARG_DEPS} PRIVATE rope_build_flags)
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  set_property(GLOBAL APPEND PROPERTY ROPE_LIBRARIES ${name})
endfunction()
