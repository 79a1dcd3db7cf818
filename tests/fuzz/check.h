// What fuzzers use to state their properties.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace rope::fuzz {

// Aborts unless `holds`, and prints `property`. libFuzzer then saves the input that broke it.
inline void Check(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "broken property: %s\n", property);
  std::abort();
}

}  // namespace rope::fuzz
