// NumericProfile: the arithmetic that a table is computed in. Every answer names its profile. All
// functions are pure and thread-safe, and none can fail.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rope {

enum class NumericProfile {
  // Hugging Face's float32 arithmetic, step by step. inv_freq has the bits that transformers
  // computes with torch on a CPU. The angle is float32(position) * inv_freq in float32. cos and sin
  // are the correctly rounded values for that angle, times float32(attention_factor) in float32.
  // The conversion to the requested dtype comes last.
  kHf,

  // Real arithmetic on the configuration's numbers. inv_freq and the attention factor are the real
  // values of their formulas, and the position is not rounded. cos and sin times the factor are
  // rounded once, to the requested dtype.
  kExact,
};

// All profiles, in the order in which they are shown to users.
absl::Span<const NumericProfile> AllNumericProfiles();

// "hf" or "exact".
absl::string_view NumericProfileName(NumericProfile profile);

// The profile with that name; nullopt if there is none.
std::optional<NumericProfile> FindNumericProfile(absl::string_view name);

}  // namespace rope
