// Type "llama3": llama3_rope.py of vLLM 0.33.0, rope_variant.py of SGLang 0.5.23. From the Llama 3
// Herd of Models, arXiv 2407.21783.
//
// The formula is that of transformers. The bands differ where they overlap, which they do if
// high_freq_factor <= low_freq_factor: a wave that is both short and long is kept here, and
// stretched in transformers.
#include <numbers>

#include "core/dialects/types/engine_types.h"
#include "core/rope_types/base_frequencies.h"

namespace rope {

std::vector<float> NestedLlama3InvFreq(const RopeConfig& config) {
  const double original = *config.original_max_position_embeddings;
  const double low = *config.low_freq_factor;
  const double high = *config.high_freq_factor;
  const auto longest_short = static_cast<float>(original / high);
  const auto shortest_long = static_cast<float>(original / low);
  const auto factor = static_cast<float>(*config.factor);

  std::vector<float> inv_freq = DefaultInvFreq(config.rope_theta, config.rotary_dim);
  for (float& w : inv_freq) {
    // torch divides a number by a tensor with two roundings.
    const float wavelength = (1.0F / w) * static_cast<float>(2.0 * std::numbers::pi);
    if (wavelength < longest_short) continue;
    if (wavelength > shortest_long) {
      w /= factor;
      continue;
    }
    const float turns = (1.0F / wavelength) * static_cast<float>(original);
    const float blend =
        low != high ? (turns - static_cast<float>(low)) / static_cast<float>(high - low) : 0.0F;
    w = ((1.0F - blend) * w) / factor + blend * w;
  }
  return inv_freq;
}

}  // namespace rope
