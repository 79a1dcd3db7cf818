// ParameterReader: the members of one dictionary of rope parameters, read as an engine reads them.
//
// The engines are Python programs. A member of a wrong type does not end the reading; it makes an
// exception where the engine computes with it. The reader keeps the first such failure as a status,
// so that the code that reads is a list of members with their defaults.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/json/json_value.h"

namespace rope {

// Not thread-safe.
class ParameterReader {
 public:
  // `engine` names the engine and its version in messages. `path` is the place of the dictionary in
  // the document. `parameters` must outlive the reader; anything but an object counts as empty.
  ParameterReader(absl::string_view engine, const JsonValue& parameters, std::string path);

  // OK, or the first failure: INVALID_ARGUMENT with the path of the member.
  const absl::Status& status() const { return status_; }

  const JsonValue* Find(absl::string_view key) const { return parameters_.Find(key); }
  // Whether the member is there and is not null.
  bool Has(absl::string_view key) const;
  // Python's truth of the member; false if it is missing.
  bool IsTrue(absl::string_view key) const;

  // The member as a number. It fails if the member is missing, null or no number; the result is
  // then 1.
  double Number(absl::string_view key);
  // The same, but a missing member is `otherwise`.
  double NumberOr(absl::string_view key, double otherwise);
  // The same, but absent if the member is missing or null.
  std::optional<double> OptionalNumber(absl::string_view key);
  // A member that is a list of numbers. It fails for anything else.
  std::vector<double> Numbers(absl::string_view key);
  // The member, or `otherwise`. It fails if the member is not a string.
  std::string TextOr(absl::string_view key, absl::string_view otherwise);

  // Records that the engine refuses the member: "<engine> refuses <path>.<key>: <reason>".
  void Refuse(absl::string_view key, absl::string_view reason);
  // The same without a member.
  void RefuseAll(absl::string_view reason);

 private:
  double ToNumber(absl::string_view key, const JsonValue& value);

  absl::string_view engine_;
  const JsonValue& parameters_;
  std::string path_;
  absl::Status status_;
};

}  // namespace rope
