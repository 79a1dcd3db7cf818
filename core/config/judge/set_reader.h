// SetReader: reads the members of one set of rope parameters; whatever is not as it must be becomes
// a finding with the member's path.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/config/load/loading_state.h"

namespace rope {

// Which numbers a member may have.
struct NumberRange {
  double min = 0.0;
  double max = 0.0;
  absl::string_view text;  // for messages: "a number > 0"
};

// Within these, every frequency and every angle of every position is a finite float32.
inline constexpr NumberRange kThetaRange{1e-6, 1.7014118346046923e38,
                                         "a number > 0 (at least 1e-6, at most 2^127)"};
inline constexpr NumberRange kFactorRange{1e-6, 1e6, "a number > 0 (at least 1e-6, at most 1e6)"};
inline constexpr NumberRange kLengthRange{1e-6, 9007199254740992.0, "a number > 0 (at most 2^53)"};
inline constexpr NumberRange kBetaRange{0.0, 1e6,
                                        "a number >= 0 (at most 1e6; 0 means the default)"};
inline constexpr NumberRange kScaleRange{-1e9, 1e9, "a number (of magnitude at most 1e9)"};
inline constexpr NumberRange kShareRange{0.0, 1.0, "a number in (0, 1]"};

// How many entries a list of factors must have. The two differ for an odd rotary_dim, and where
// building a module brings in a partial_rotary_factor.
struct ListLengths {
  int64_t needed = 0;              // to compute; 0: not known
  std::optional<int64_t> at_load;  // what transformers warns of at load
};

class SetReader {
 public:
  SetReader(LoadingState* state, const JsonValue* set, std::string path)
      : state_(state), set_(set), path_(std::move(path)) {}

  LoadingState& state() const { return *state_; }
  const JsonValue& set() const { return *set_; }
  const std::string& path() const { return path_; }
  const JsonValue* Find(absl::string_view key) const { return set_->Find(key); }

  // The member as a number in `range`. Absent, with a finding, where it is something else; absent
  // without one where it is missing (the check of keys reports that) or, if `null_is_absent`, null.
  std::optional<double> Number(absl::string_view key, const NumberRange& range, bool null_is_absent,
                               const std::string& hf_message = "") const;

  // A list of as many numbers > 0 as there are frequencies, as `Number`.
  std::vector<double> FactorList(absl::string_view key, const ListLengths& lengths) const;

  // A finding about a member.
  void Report(FindingId id, absl::string_view key, std::string message,
              std::string hf_message = "") const;

 private:
  void ReportLength(absl::string_view key, const JsonValue& list, const ListLengths& lengths) const;
  std::optional<double> NumberIn(const JsonValue& value, const std::string& fallback_path,
                                 const NumberRange& range, const std::string& hf_message) const;

  LoadingState* state_;
  const JsonValue* set_;
  std::string path_;
};

}  // namespace rope
