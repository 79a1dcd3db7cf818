# rope_add_proto_library(NAME PROTOS ... SERVICES ...): a library of the messages of the .proto files
# PROTOS, and of the gRPC stubs of the files that are also in SERVICES. (A stub file takes seconds to
# compile even if it has no service.)
# Generated sources are compiled without our warning flags.
# The target NAME_sources only generates the sources, which is all that clang-tidy needs.

find_program(PROTOC_PROGRAM protoc REQUIRED)
find_program(GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)

# rope_show_by_reflection(NAME): for a program with a server. Reflection describes what is linked, and
# the linker takes from a library only what code refers to. No code refers to a .proto file that has
# nothing but a service.
function(rope_show_by_reflection name)
  set_property(TARGET ${name} PROPERTY LINK_LIBRARY_OVERRIDE_rope_proto WHOLE_ARCHIVE)
  set_property(TARGET ${name} PROPERTY LINK_LIBRARY_OVERRIDE_rope_health_proto WHOLE_ARCHIVE)
endfunction()

function(rope_add_proto_library name)
  cmake_parse_arguments(ARG "" "" "PROTOS;SERVICES" ${ARGN})
  set(root ${PROJECT_SOURCE_DIR}/proto)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/generated)
  file(MAKE_DIRECTORY ${out})
  foreach(proto ${ARG_PROTOS})
    string(REGEX REPLACE "\\.proto$" "" base ${proto})
    set(files ${out}/${base}.pb.cc ${out}/${base}.pb.h)
    set(grpc_options)
    if(proto IN_LIST ARG_SERVICES)
      list(APPEND files ${out}/${base}.grpc.pb.cc ${out}/${base}.grpc.pb.h)
      set(grpc_options --grpc_out=${out} --plugin=protoc-gen-grpc=${GRPC_CPP_PLUGIN})
    endif()
    add_custom_command(
      OUTPUT ${files}
      COMMAND ${PROTOC_PROGRAM} -I${root} --cpp_out=${out} ${grpc_options} ${root}/${proto}
      DEPENDS ${root}/${proto}
      VERBATIM)
    list(APPEND sources ${files})
  endforeach()
  add_custom_target(${name}_sources DEPENDS ${sources})
  add_library(${name} STATIC ${sources})
  # All generated files define the same names in namespaces without a name.
  set_target_properties(${name} PROPERTIES UNITY_BUILD OFF)
  add_dependencies(${name} ${name}_sources)
  target_include_directories(${name} SYSTEM PUBLIC ${out})
  target_link_libraries(${name} PUBLIC gRPC::grpc++ protobuf::libprotobuf)
endfunction()
