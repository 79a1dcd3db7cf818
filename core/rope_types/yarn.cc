// YaRN: Efficient Context Window Extension of Large Language Models. Peng et al. 2023, arXiv
// 2309.00071. mscale and mscale_all_dim are DeepSeek-V2's (arXiv 2405.04434).
//
// A dimension that turns fewer than beta_slow times within the original length L0 is interpolated
// (its frequency is divided by factor), one that turns more than beta_fast times keeps its
// frequency, and those between are blended linearly:
//   c(r) = d ln(L0 / (2 pi r)) / (2 ln rope_theta),  low = c(beta_fast), high = c(beta_slow)
//   ramp_i = clamp((i - low) / (high - low), 0, 1)
//   inv_freq_i = ramp_i / (factor P_i) + (1 - ramp_i) / P_i,  P_i = rope_theta^(2i/d)
#include "core/rope_types/yarn.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <type_traits>

#include "core/rope_types/base_frequencies.h"
#include "core/rope_types/entries.h"
#include "core/rope_types/formula_terms.h"

namespace rope {
namespace {

// Pi for both number types, and the functions of Real for double. The code below is then written
// once for both.
template <typename Number>
Number PiAs() {
  if constexpr (std::is_same_v<Number, double>) {
    return std::numbers::pi;
  } else {
    return Pi();
  }
}
double Floor(double x) { return std::floor(x); }
double Ceil(double x) { return std::ceil(x); }
double Max(double a, double b) { return std::max(a, b); }
double Min(double a, double b) { return std::min(a, b); }

template <typename Number>
Number AttentionFactor(const RopeConfig& config, const Number& factor) {
  if (config.attention_factor.has_value()) return *config.attention_factor;
  // transformers tests both for truth, so 0 counts as absent.
  const double mscale = config.mscale.value_or(0.0);
  const double mscale_all_dim = config.mscale_all_dim.value_or(0.0);
  if (mscale != 0.0 && mscale_all_dim != 0.0) {
    return MagnitudeScale<Number>(factor, mscale) / MagnitudeScale<Number>(factor, mscale_all_dim);
  }
  return MagnitudeScale<Number>(factor, 1.0);
}

// c(r): the dimension that turns `rotations` times within the original length.
template <typename Number>
Number CorrectionDim(const RopeConfig& config, double rotations) {
  const Number turns =
      Number(*config.original_max_position_embeddings) / (rotations * (2.0 * PiAs<Number>()));
  return static_cast<double>(config.rotary_dim) * LogOf<Number>(turns) /
         (2.0 * LogOf<Number>(config.rope_theta));
}

template <typename Number>
struct Range {
  Number low;
  Number high;
};

template <typename Number>
Range<Number> CorrectionRange(const RopeConfig& config) {
  Number low = CorrectionDim<Number>(config, config.beta_fast);
  Number high = CorrectionDim<Number>(config, config.beta_slow);
  if (config.truncate) {
    low = Floor(low);
    high = Ceil(high);
  }
  low = Max(low, Number(0.0));
  high = Min(high, Number(static_cast<double>(config.rotary_dim - 1)));
  // transformers adds 0.001 to avoid a division by zero.
  if (low == high) high = high + Number(1.0) / 1000.0;
  return {low, high};
}

}  // namespace

std::vector<float> YarnInvFreq(const RopeConfig& config, double extrapolation_factor) {
  const double factor = EffectiveFactor<double>(config);
  const Range<double> range = CorrectionRange<double>(config);
  const float low = static_cast<float>(range.low);
  const float width = static_cast<float>(range.high - range.low);

  std::vector<float> inv_freq =
      ThetaPowers(config.rope_theta, config.rotary_dim, (config.rotary_dim + 1) / 2);
  for (size_t i = 0; i < inv_freq.size(); ++i) {
    const float extrapolated = 1.0F / inv_freq[i];
    const float interpolated = 1.0F / (static_cast<float>(factor) * inv_freq[i]);
    const float ramp = std::clamp((static_cast<float>(i) - low) / width, 0.0F, 1.0F);
    const float kept = (1.0F - ramp) * static_cast<float>(extrapolation_factor);
    inv_freq[i] = interpolated * (1.0F - kept) + extrapolated * kept;
  }
  return inv_freq;
}

Frequencies ComputeYarn(const RopeConfig& config, std::optional<int64_t> /*seq_len*/,
                        HfCallSite /*call_site*/) {
  return {YarnInvFreq(config, 1.0),
          AttentionFactor<double>(config, EffectiveFactor<double>(config))};
}

ExactFrequencies ExactYarn(const RopeConfig& config, std::optional<int64_t> /*seq_len*/,
                           HfCallSite /*call_site*/) {
  const Real factor = EffectiveFactor<Real>(config);
  const auto [low, high] = CorrectionRange<Real>(config);
  ExactFrequencies result{
      ExactInvFreq(config.rope_theta, config.rotary_dim, (config.rotary_dim + 1) / 2),
      AttentionFactor<Real>(config, factor)};
  for (size_t i = 0; i < result.inv_freq.size(); ++i) {
    const Real ramp = Min(Max((Real(static_cast<double>(i)) - low) / (high - low), 0.0), 1.0);
    result.inv_freq[i] = ramp * result.inv_freq[i] / factor + (1.0 - ramp) * result.inv_freq[i];
  }
  return result;
}

}  // namespace rope
