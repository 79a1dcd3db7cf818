# One interface target that every target of ours links: warnings, reproducible floating point, sanitizers.

add_library(rope_build_flags INTERFACE)
target_include_directories(rope_build_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(rope_build_flags INTERFACE
  -Wall -Wextra -Werror
  # Same bytes on every host: a*b+c is two roundings unless the source says std::fma.
  -ffp-contract=off)

if(ROPE_SANITIZE)
  target_compile_options(rope_build_flags INTERFACE
    -fsanitize=${ROPE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(rope_build_flags INTERFACE -fsanitize=${ROPE_SANITIZE})
endif()
if(ROPE_COVERAGE)
  target_compile_options(rope_build_flags INTERFACE --coverage)
  target_link_options(rope_build_flags INTERFACE --coverage)
endif()

# rope_add_library(NAME SOURCES ... DEPS ...): a static library of this project.
# DEPS are public: whoever links the library may include what its headers include.
function(rope_add_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC ${ARG_DEPS} PRIVATE rope_build_flags)
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
endfunction()
