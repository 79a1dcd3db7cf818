// Position interpolation. Chen et al. 2023, "Extending Context Window of Large Language Models via
// Positional Interpolation", arXiv 2306.15595 (and kaiokendev, 2023).
//
//   inv_freq_i = rope_theta^(-2i/d) / factor
#include "core/rope_types/base_frequencies.h"
#include "core/rope_types/entries.h"

namespace rope {

Frequencies ComputeLinear(const RopeConfig& config, std::optional<int64_t> /*seq_len*/,
                          HfCallSite /*call_site*/) {
  Frequencies result{DefaultInvFreq(config.rope_theta, config.rotary_dim), 1.0};
  const float factor = static_cast<float>(*config.factor);
  for (float& w : result.inv_freq) w /= factor;
  return result;
}

ExactFrequencies ExactLinear(const RopeConfig& config, std::optional<int64_t> /*seq_len*/,
                             HfCallSite /*call_site*/) {
  ExactFrequencies result{
      ExactInvFreq(config.rope_theta, config.rotary_dim, (config.rotary_dim + 1) / 2), 1.0};
  for (Real& w : result.inv_freq) w = w / *config.factor;
  return result;
}

}  // namespace rope
