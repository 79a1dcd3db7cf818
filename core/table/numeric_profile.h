// NumericProfile: which arithmetic an answer was computed in. Every answer names its own.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rope {

enum class NumericProfile {
  // Hugging Face's float32 arithmetic, step by step: inv_freq bit-equal to transformers on torch
  // CPU; angle = float32(position) * inv_freq in float32; cos and sin the correctly rounded values
  // of that angle, times float32(attention_factor) in float32; then the cast to the asked dtype.
  kHf,
  // Real arithmetic from the configuration's numbers: inv_freq and attention factor are the real
  // values of the formula, the position is not rounded, and cos and sin times the factor are
  // rounded once, to the asked dtype.
  kExact,
};

absl::Span<const NumericProfile> AllNumericProfiles();
absl::string_view NumericProfileName(NumericProfile profile);  // "hf", "exact"
std::optional<NumericProfile> FindNumericProfile(absl::string_view name);

}  // namespace rope
