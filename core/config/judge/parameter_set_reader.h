// ParameterSetReader: reads the members of one parameter set. Each member with a wrong value
// becomes a finding at that member's path.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/config/load/loading_state.h"

namespace rope {

// The numbers that a member may have, both bounds included.
struct NumberRange {
  double min = 0.0;
  double max = 0.0;
  absl::string_view text;  // for messages: "a number > 0"
};

// If all parameters are within their ranges, every frequency and every angle of every position is a
// finite float32.
inline constexpr NumberRange kThetaRange{1e-6, 1.7014118346046923e38,
                                         "a number > 0 (at least 1e-6, at most 2^127)"};
inline constexpr NumberRange kFactorRange{1e-6, 1e6, "a number > 0 (at least 1e-6, at most 1e6)"};
inline constexpr NumberRange kLengthRange{1e-6, 9007199254740992.0, "a number > 0 (at most 2^53)"};
inline constexpr NumberRange kBetaRange{0.0, 1e6,
                                        "a number >= 0 (at most 1e6; 0 means the default)"};
inline constexpr NumberRange kScaleRange{-1e9, 1e9, "a number (of magnitude at most 1e9)"};
// 0 is within the range, although the text excludes it. CheckHeadDim reports it unless the type is
// proportional, which may rotate no channel at all.
inline constexpr NumberRange kShareRange{0.0, 1.0, "a number in (0, 1]"};

// What a member that is null means.
enum class Null {
  kIsWrong,      // a finding, as for every other value that is no number
  kMeansAbsent,  // the same as if the member were missing
};

// How many entries a list of factors must have. The two numbers differ if rotary_dim is odd, or if
// a partial_rotary_factor is added to the parameter set only when the module is built.
struct ListLengths {
  int64_t needed = 0;              // the number of frequencies; 0: not known
  std::optional<int64_t> at_load;  // the number that transformers expects at load; absent: unknown
};

// Not thread-safe, because it adds to the findings of the LoadingState.
class ParameterSetReader {
 public:
  // Reads `set`, a JSON object. `path` is its place in the document, for messages. `state` and
  // `set` must outlive the reader.
  ParameterSetReader(LoadingState* state, const JsonValue* set, std::string path)
      : state_(state), set_(set), path_(std::move(path)) {}

  LoadingState& state() const { return *state_; }
  const JsonValue& set() const { return *set_; }
  const std::string& path() const { return path_; }

  // The member named `key`; null if the parameter set has none.
  const JsonValue* Find(absl::string_view key) const { return set_->Find(key); }

  // The member as a number. Absent, with a finding, if it is not a number in `range`. Absent
  // without a finding if it is missing (CheckTypeAndKeys reports that), or if it is null and `null`
  // is kMeansAbsent. `hf_message` is what transformers says about the value; it becomes part of the
  // finding.
  std::optional<double> Number(absl::string_view key, const NumberRange& range, Null null,
                               const std::string& hf_message = "") const;

  // The member as a list of factors, every one in kFactorRange. Empty if the member is missing,
  // and, with a finding, if it is no such list. A list of another length than `lengths` says is
  // returned as well, with a finding.
  std::vector<double> FactorList(absl::string_view key, const ListLengths& lengths) const;

  // Adds a finding about the member named `key`, or about its absence.
  void Report(FindingId id, absl::string_view key, std::string message,
              std::string hf_message = "") const;

 private:
  void CheckLength(absl::string_view key, const JsonValue& list, const ListLengths& lengths) const;
  std::optional<double> NumberIn(const JsonValue& value, const std::string& fallback_path,
                                 const NumberRange& range, const std::string& hf_message) const;

  LoadingState* state_;
  const JsonValue* set_;
  std::string path_;
};

}  // namespace rope
