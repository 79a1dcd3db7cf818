// Types "ntk" and "mixed ntk" of vLLM 0.33.0: vllm/model_executor/layers/rotary_embedding/
// ntk_scaling_rope.py. The idea: J. Su, https://kexue.fm/archives/9706.
//
//   ntk:        w_i = (b s)^(-2i/d) / s^(2/d)
//   mixed ntk:  w_i = b^(-2i/d) / exp(a (i + 1)^m),  a = ln s / (d/2)^m

#include "core/dialects/types/engine_types.h"
#include "core/numerics/correctly_rounded.h"
#include "core/numerics/glibc_powf.h"
#include "core/numerics/torch_pow.h"
#include "core/rope_types/base_frequencies.h"

namespace rope {
namespace {

constexpr size_t kGroup = 16;

}  // namespace

std::vector<float> NtkInvFreq(double theta, int64_t rotary_dim, double factor,
                              std::optional<double> mixed_b) {
  const double d = static_cast<double>(rotary_dim);
  if (!mixed_b.has_value()) {
    std::vector<float> inv_freq = DefaultInvFreq(theta * factor, rotary_dim);
    const auto divisor = static_cast<float>(CorrectlyRoundedPow(factor, 2.0 / d));
    for (float& w : inv_freq) w /= divisor;
    return inv_freq;
  }
  std::vector<float> inv_freq = DefaultInvFreq(theta, rotary_dim);
  // torch takes powers in groups of 16, and those that are left over by the C library's powf.
  const size_t grouped = inv_freq.size() / kGroup * kGroup;
  const auto exponent = static_cast<float>(*mixed_b);
  const auto scale =
      static_cast<float>(CorrectlyRoundedLog(factor) / CorrectlyRoundedPow(d / 2.0, *mixed_b));
  for (size_t i = 0; i < inv_freq.size(); ++i) {
    const auto number = static_cast<float>(i + 1);
    const float power = i < grouped ? SleefPow(number, exponent) : GlibcPowf(number, exponent);
    inv_freq[i] /= CorrectlyRoundedExpf(scale * power);
  }
  return inv_freq;
}

}  // namespace rope
