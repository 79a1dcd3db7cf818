// Configurations of any size, each large in another way: what a test or a benchmark needs to see
// how work grows with a document.
#pragma once

#include <string>
#include <vector>

namespace rope::testing {

struct LargeDocument {
  std::string name;  // "unknown members"
  // The text with `count` of what the name says. Its length is linear in `count`.
  std::string (*make)(int count);
};

// All of them, in the order of docs/performance_notes.md.
const std::vector<LargeDocument>& LargeDocuments();

// The document with at least `bytes` bytes, and hardly more.
std::string LargeText(const LargeDocument& document, size_t bytes);

}  // namespace rope::testing
