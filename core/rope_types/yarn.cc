// YaRN: Efficient Context Window Extension of Large Language Models. Peng et al. 2023, arXiv
// 2309.00071. mscale and mscale_all_dim are DeepSeek-V2's (arXiv 2405.04434).
//
// Dimension i is interpolated (divided by factor) where it turns fewer than beta_slow times within
// the original length L0, kept where it turns more than beta_fast times, and blended linearly
// between:
//   c(r) = d ln(L0 / (2 pi r)) / (2 ln rope_theta),  low = c(beta_fast), high = c(beta_slow)
//   ramp_i = clamp((i - low) / (high - low), 0, 1)
//   inv_freq_i = ramp_i / (factor P_i) + (1 - ramp_i) / P_i,  P_i = rope_theta^(2i/d)
#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/numerics/correctly_rounded.h"
#include "core/rope_types/base_frequencies.h"
#include "core/rope_types/entries.h"

namespace rope {
namespace {

double EffectiveFactor(const RopeConfig& config) {
  if (config.factor.has_value()) return *config.factor;
  return static_cast<double>(*config.max_position_embeddings) /
         *config.original_max_position_embeddings;
}

// Section 3.4 of the paper: the temperature of attention as a factor on cos and sin.
double MagnitudeScale(double factor, double mscale) {
  if (factor <= 1.0) return 1.0;
  return 0.1 * mscale * CorrectlyRoundedLog(factor) + 1.0;
}

double AttentionFactor(const RopeConfig& config, double factor) {
  if (config.attention_factor.has_value()) return *config.attention_factor;
  // transformers tests both for truth: a 0 counts as absent.
  const double mscale = config.mscale.value_or(0.0);
  const double mscale_all_dim = config.mscale_all_dim.value_or(0.0);
  if (mscale != 0.0 && mscale_all_dim != 0.0) {
    return MagnitudeScale(factor, mscale) / MagnitudeScale(factor, mscale_all_dim);
  }
  return MagnitudeScale(factor, 1.0);
}

// c(r): the dimension that turns `rotations` times within the original length.
double CorrectionDim(const RopeConfig& config, double rotations) {
  const double turns =
      *config.original_max_position_embeddings / (rotations * 2.0 * std::numbers::pi);
  return static_cast<double>(config.rotary_dim) * CorrectlyRoundedLog(turns) /
         (2.0 * CorrectlyRoundedLog(config.rope_theta));
}

struct Range {
  double low;
  double high;
};

Range CorrectionRange(const RopeConfig& config) {
  double low = CorrectionDim(config, config.beta_fast);
  double high = CorrectionDim(config, config.beta_slow);
  if (config.truncate) {
    low = std::floor(low);
    high = std::ceil(high);
  }
  low = std::max(low, 0.0);
  high = std::min(high, static_cast<double>(config.rotary_dim - 1));
  if (low == high) high += 0.001;  // as transformers does, against a division by zero
  return {low, high};
}

}  // namespace

Frequencies ComputeYarn(const RopeConfig& config, std::optional<int64_t> /*seq_len*/,
                        HfCallSite /*call_site*/) {
  const double factor = EffectiveFactor(config);
  const Range range = CorrectionRange(config);
  const float low = static_cast<float>(range.low);
  const float width = static_cast<float>(range.high - range.low);

  std::vector<float> inv_freq =
      ThetaPowers(config.rope_theta, config.rotary_dim, (config.rotary_dim + 1) / 2);
  for (size_t i = 0; i < inv_freq.size(); ++i) {
    const float extrapolated = 1.0F / inv_freq[i];
    const float interpolated = 1.0F / (static_cast<float>(factor) * inv_freq[i]);
    const float ramp = std::clamp((static_cast<float>(i) - low) / width, 0.0F, 1.0F);
    const float kept = 1.0F - ramp;
    inv_freq[i] = interpolated * (1.0F - kept) + extrapolated * kept;
  }
  return {std::move(inv_freq), AttentionFactor(config, factor)};
}

namespace {

Real ExactMagnitudeScale(const Real& factor, double mscale) {
  if (!(1.0 < factor)) return 1.0;
  return Real(1.0) / 10.0 * mscale * Log(factor) + 1.0;
}

Real ExactAttentionFactor(const RopeConfig& config, const Real& factor) {
  if (config.attention_factor.has_value()) return *config.attention_factor;
  const double mscale = config.mscale.value_or(0.0);
  const double mscale_all_dim = config.mscale_all_dim.value_or(0.0);
  if (mscale != 0.0 && mscale_all_dim != 0.0) {
    return ExactMagnitudeScale(factor, mscale) / ExactMagnitudeScale(factor, mscale_all_dim);
  }
  return ExactMagnitudeScale(factor, 1.0);
}

Real ExactCorrectionDim(const RopeConfig& config, double rotations) {
  const Real turns = *config.original_max_position_embeddings / (rotations * (2.0 * Pi()));
  return static_cast<double>(config.rotary_dim) * Log(turns) / (2.0 * Log(config.rope_theta));
}

}  // namespace

ExactFrequencies ExactYarn(const RopeConfig& config, std::optional<int64_t> /*seq_len*/,
                           HfCallSite /*call_site*/) {
  const Real factor = config.factor.has_value()
                          ? Real(*config.factor)
                          : Real(static_cast<double>(*config.max_position_embeddings)) /
                                *config.original_max_position_embeddings;
  Real low = ExactCorrectionDim(config, config.beta_fast);
  Real high = ExactCorrectionDim(config, config.beta_slow);
  if (config.truncate) {
    low = Floor(low);
    high = Ceil(high);
  }
  low = Max(low, 0.0);
  high = Min(high, static_cast<double>(config.rotary_dim - 1));
  if (low == high) high = high + Real(1.0) / 1000.0;

  ExactFrequencies result{
      ExactInvFreq(config.rope_theta, config.rotary_dim, (config.rotary_dim + 1) / 2),
      ExactAttentionFactor(config, factor)};
  for (size_t i = 0; i < result.inv_freq.size(); ++i) {
    const Real ramp = Min(Max((Real(static_cast<double>(i)) - low) / (high - low), 0.0), 1.0);
    result.inv_freq[i] = ramp * result.inv_freq[i] / factor + (1.0 - ramp) * result.inv_freq[i];
  }
  return result;
}

}  // namespace rope
