// Llama 3.1's scaling by wavelength bands. Meta 2024, "The Llama 3 Herd of Models", arXiv
// 2407.21783, and its reference implementation (llama-models, apply_scaling).
//
//   lambda_i = 2 pi / w_i, w_i = rope_theta^(-2i/d)
//   lambda > L0 / low_freq_factor:  w / factor
//   lambda < L0 / high_freq_factor: w
//   between: ((1 - q) / factor + q) w,  q = (L0 / lambda - low) / (high - low)
#include <numbers>

#include "core/rope_types/base_frequencies.h"
#include "core/rope_types/entries.h"

namespace rope {

Frequencies ComputeLlama3(const RopeConfig& config, std::optional<int64_t> /*seq_len*/,
                          HfCallSite /*call_site*/) {
  const double original = *config.original_max_position_embeddings;
  const double low = *config.low_freq_factor;
  const double high = *config.high_freq_factor;
  const float low_freq_wavelength = static_cast<float>(original / low);
  const float high_freq_wavelength = static_cast<float>(original / high);
  const float factor = static_cast<float>(*config.factor);

  Frequencies result{DefaultInvFreq(config.rope_theta, config.rotary_dim), 1.0};
  for (float& w : result.inv_freq) {
    // torch divides a number by a tensor with two roundings: one for the reciprocal, one for the
    // product.
    const float wavelength = (1.0F / w) * static_cast<float>(2.0 * std::numbers::pi);
    const bool is_low = wavelength > low_freq_wavelength;
    const bool is_high = wavelength < high_freq_wavelength;
    const float scaled = is_low ? w / factor : w;
    if (is_low || is_high) {
      w = scaled;
      continue;
    }
    const float turns = (1.0F / wavelength) * static_cast<float>(original);
    const float q = (turns - static_cast<float>(low)) / static_cast<float>(high - low);
    w = ((1.0F - q) * scaled) / factor + q * scaled;
  }
  return result;
}

ExactFrequencies ExactLlama3(const RopeConfig& config, std::optional<int64_t> /*seq_len*/,
                             HfCallSite /*call_site*/) {
  const Real original = *config.original_max_position_embeddings;
  const Real low = *config.low_freq_factor;
  const Real high = *config.high_freq_factor;
  const Real factor = *config.factor;
  ExactFrequencies result{
      ExactInvFreq(config.rope_theta, config.rotary_dim, (config.rotary_dim + 1) / 2), 1.0};
  for (Real& w : result.inv_freq) {
    const Real wavelength = 2.0 * Pi() / w;
    if (original / low < wavelength) {
      w = w / factor;
    } else if (!(wavelength < original / high)) {
      const Real q = (original / wavelength - low) / (high - low);
      w = ((1.0 - q) / factor + q) * w;
    }
  }
  return result;
}

}  // namespace rope
