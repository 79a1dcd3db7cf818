// ReadJson: text -> JsonValue. The text may come from anybody and be anything.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/json/json_value.h"

namespace rope {

// Bounds on a document. A document beyond them is not read.
struct JsonLimits {
  int64_t max_bytes = 1 << 20;
  int max_depth = 64;  // of nested arrays and objects
};

// Why a text was not read.
struct JsonError {
  enum class Kind { kTooBig, kTooDeep, kSyntax };
  Kind kind = Kind::kSyntax;
  std::string message;
  int64_t offset = 0;  // the byte at which reading stopped
};

// A member that a later one of the same name replaces. Python keeps the last one, too.
struct JsonDuplicate {
  std::string path;
  int64_t offset = 0;
};

struct JsonDocument {
  JsonValue root;
  std::vector<JsonDuplicate> duplicates;  // the first 20
};

// A document, or the error that says why the text was not read.
class [[nodiscard]] JsonResult {
 public:
  JsonResult(JsonDocument document) : result_(std::move(document)) {}  // NOLINT: as absl::StatusOr
  JsonResult(JsonError error) : result_(std::move(error)) {}           // NOLINT

  bool ok() const { return std::holds_alternative<JsonDocument>(result_); }

  // REQUIRES ok().
  const JsonDocument& operator*() const& { return std::get<JsonDocument>(result_); }
  JsonDocument&& operator*() && { return std::get<JsonDocument>(std::move(result_)); }
  const JsonDocument* operator->() const { return &std::get<JsonDocument>(result_); }

  // REQUIRES !ok().
  const JsonError& error() const { return std::get<JsonError>(result_); }

 private:
  std::variant<JsonDocument, JsonError> result_;
};

// Reads JSON (RFC 8259) in UTF-8, and NaN, Infinity and -Infinity as Python writes them. `text` may
// be any bytes. Pure and thread-safe. Not recursive; memory and time are linear in text.size().
JsonResult ReadJson(absl::string_view text, const JsonLimits& limits = {});

// The value of a text that is part of this program, such as a default in the table of families. The
// values have no offsets. REQUIRES valid JSON.
JsonValue JsonLiteral(absl::string_view text);

}  // namespace rope
