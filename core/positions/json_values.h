// Integers and lists from JSON, with errors that name the path.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/json/json_value.h"
#include "core/positions/grid.h"

namespace rope {

// An object of a document, and how the paths of its members begin: "vision_config.".
struct JsonPlace {
  const JsonValue* object;
  std::string prefix;
};

// The object that is the member `key`, or `place` if there is no such object.
JsonPlace Inside(const JsonPlace& place, absl::string_view key);

// INVALID_ARGUMENT: "<path>: must be <what>, not <value>".
absl::Status MustBe(absl::string_view path, absl::string_view what, const JsonValue& value);

// Each returns INVALID_ARGUMENT, with the path below `path`, for a value of another type. The
// integers and numbers may have any size that int64_t and double have.
absl::StatusOr<int64_t> ReadInteger(const JsonValue& value, absl::string_view path);
absl::StatusOr<std::vector<int64_t>> ReadIntegers(const JsonValue& value, absl::string_view path);
absl::StatusOr<std::vector<std::vector<int64_t>>> ReadIntegerRows(const JsonValue& value,
                                                                  absl::string_view path);
absl::StatusOr<std::vector<double>> ReadNumbers(const JsonValue& value, absl::string_view path);
// A list of [frames, rows, columns].
absl::StatusOr<std::vector<Grid>> ReadGrids(const JsonValue& value, absl::string_view path);

// Replaces `*value` by the member `key`, if it is there and not null. INVALID_ARGUMENT, with its
// path, unless that is an integer from `min` to `max`.
absl::Status ReadMember(const JsonPlace& place, absl::string_view key, int64_t min, int64_t max,
                        int64_t* value);

}  // namespace rope
