// The only source of a program that exists for its precompiled headers (cmake/RopeTest.cmake). It
// is a program as the tests are: a library's code cannot use the headers that a program
// precompiled.
int main() { return 0; }
