// One list of type "longrope": phi3_long_rope_scaled_rope.py of vLLM 0.33.0, rope_variant.py of
// SGLang 0.5.23. From LongRoPE, arXiv 2402.13753.
//
//   w_i = 1 / (f_i b^(2i/d))
#include "core/dialects/types/engine_types.h"
#include "core/rope_types/base_frequencies.h"

namespace rope {

std::vector<float> RescaledInvFreq(double theta, int64_t rotary_dim,
                                   const std::vector<double>& factors) {
  std::vector<float> inv_freq = ThetaPowers(theta, rotary_dim, (rotary_dim + 1) / 2);
  for (size_t i = 0; i < inv_freq.size(); ++i) {
    inv_freq[i] = 1.0F / (static_cast<float>(factors[i]) * inv_freq[i]);
  }
  return inv_freq;
}

}  // namespace rope
