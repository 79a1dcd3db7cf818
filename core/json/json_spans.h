// Where the members of an object stand in the text of a document.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace rope {

struct MemberSpan {
  std::string key;
  size_t key_begin = 0;  // the opening quote
  size_t key_end = 0;    // behind the closing quote
  size_t value_begin = 0;
  size_t value_end = 0;
};

struct ObjectSpan {
  size_t begin = 0;  // the opening brace
  size_t end = 0;    // the closing brace
  std::vector<MemberSpan> members;
};

// The members of the object that begins at byte `begin`. REQUIRES a text that ReadJson accepts, and
// an opening brace at `begin`. Linear in the length of the object; not recursive.
ObjectSpan FindMembers(absl::string_view text, size_t begin);

// The first byte at or behind `at` that is no JSON whitespace.
size_t SkipSpaces(absl::string_view text, size_t at);

}  // namespace rope
