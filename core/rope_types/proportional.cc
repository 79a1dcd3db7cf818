// Proportional RoPE (p-RoPE). Barbero et al. 2024, "Round and Round We Go! What makes Rotary
// Positional Encodings useful?", arXiv 2410.06205; in the form of Gemma 4.
//
//   n = floor(partial_rotary_factor * D / 2), where D is the whole head_dim
//   inv_freq_i = rope_theta^(-2i/D) / factor for i < n, 0 (no rotation) for all i >= n
#include <cmath>

#include "core/rope_types/base_frequencies.h"
#include "core/rope_types/entries.h"

namespace rope {
namespace {

// n. transformers divides with Python's `//`, which rounds down, and then converts to int.
int64_t RotatedFrequencies(const RopeConfig& config) {
  return static_cast<int64_t>(
      std::floor(config.partial_rotary_factor * static_cast<double>(config.head_dim) / 2.0));
}

}  // namespace

Frequencies ComputeProportional(const RopeConfig& config, std::optional<int64_t> /*seq_len*/,
                                HfCallSite /*call_site*/) {
  const int64_t head_dim = config.head_dim;
  const float factor = static_cast<float>(config.factor.value_or(1.0));

  std::vector<float> inv_freq =
      ThetaPowers(config.rope_theta, head_dim, RotatedFrequencies(config));
  for (float& w : inv_freq) w = (1.0F / w) / factor;
  inv_freq.resize(head_dim / 2, 0.0F);
  return {std::move(inv_freq), 1.0};
}

ExactFrequencies ExactProportional(const RopeConfig& config, std::optional<int64_t> /*seq_len*/,
                                   HfCallSite /*call_site*/) {
  std::vector<Real> inv_freq =
      ExactInvFreq(config.rope_theta, config.head_dim, RotatedFrequencies(config));
  for (Real& w : inv_freq) w = w / config.factor.value_or(1.0);
  inv_freq.resize(config.head_dim / 2, Real(0.0));
  return {std::move(inv_freq), 1.0};
}

}  // namespace rope
