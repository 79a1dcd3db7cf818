// ReadJson: text -> JsonValue, for texts from anywhere.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/json/json_value.h"

namespace rope {

// Bounds on the document itself. A document beyond them is one error finding, read no further.
struct JsonLimits {
  int64_t max_bytes = 1 << 20;
  int max_depth = 64;
};

struct JsonError {
  enum class Kind { kTooBig, kTooDeep, kSyntax };
  Kind kind = Kind::kSyntax;
  std::string message;
  int64_t offset = 0;
};

// A member that a later one of the same name replaces: the last one counts.
struct JsonDuplicate {
  std::string path;
  int64_t offset = 0;
};

struct JsonDocument {
  JsonValue root;
  std::vector<JsonDuplicate> duplicates;  // the first few; a document has them or not
};

// JSON (RFC 8259) in UTF-8, and NaN, Infinity, -Infinity as Python writes them. Not recursive;
// memory and time are linear in text.size(). False: `error` is filled, `document` is not.
bool ReadJson(absl::string_view text, const JsonLimits& limits, JsonDocument* document,
              JsonError* error);

// A text of our own, such as a default in the table of families: values have no offsets. REQUIRES
// valid JSON.
JsonValue JsonLiteral(absl::string_view text);

}  // namespace rope
