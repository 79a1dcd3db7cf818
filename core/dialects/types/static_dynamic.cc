// Type "dynamic" of vLLM 0.33.0 and SGLang 0.5.23, which make one table for one length:
// dynamic_ntk_alpha_rope.py and dynamic_ntk_scaling_rope.py in
// vllm/model_executor/layers/rotary_embedding/, rope_variant.py in
// sglang/srt/layers/rotary_embedding/.
//
//   w_i = b'^(-2i/d),  b' = b stretch^(d / (d - 2)),  stretch = s T / T0 - (s - 1)
#include "core/dialects/types/engine_types.h"
#include "core/numerics/correctly_rounded.h"
#include "core/rope_types/base_frequencies.h"

namespace rope {

std::vector<float> StretchedInvFreq(double theta, int64_t rotary_dim, double stretch) {
  const double d = static_cast<double>(rotary_dim);
  return DefaultInvFreq(theta * CorrectlyRoundedPow(stretch, d / (d - 2.0)), rotary_dim);
}

double DynamicStretch(double factor, double length, double trained) {
  return factor * length / trained - (factor - 1.0);
}

}  // namespace rope
