# The CMakeLists.txt of the program outside.
cmake_minimum_required(VERSION 3.25)
project(outside LANGUAGES CXX)
find_package(rope_service 0.1 REQUIRED)
add_executable(client_example client_example.cc)
target_link_libraries(client_example PRIVATE rope::client)
add_executable(core_example core_example.cc)
target_link_libraries(core_example PRIVATE rope::core)
