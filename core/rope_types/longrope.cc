// LongRoPE: Extending LLM Context Window Beyond 2 Million Tokens. Ding et al. 2024, arXiv
// 2402.13753; in the form of Phi-3.
//
//   f = short_factor up to the original length L0, long_factor beyond it
//   inv_freq_i = 1 / (f_i rope_theta^(2i/d))
//   attention_factor = sqrt(1 + ln s / ln L0), s = factor or L / L0; 1 if s <= 1
//
// PhiMoE's forward uses short_factor at every length. There, short_mscale or long_mscale is the
// attention factor.
#include <algorithm>
#include <cmath>

#include "core/rope_types/base_frequencies.h"
#include "core/rope_types/entries.h"
#include "core/rope_types/formula_terms.h"

namespace rope {
namespace {

template <typename Number>
Number AttentionFactor(const RopeConfig& config) {
  if (config.attention_factor.has_value()) return *config.attention_factor;
  return LengthScale<Number>(EffectiveFactor<Number>(config),
                             *config.original_max_position_embeddings);
}

// What the sequence length and the call site select.
struct Selection {
  const std::vector<double>& factors;
  std::optional<double> mscale;  // replaces the attention factor
};

Selection Select(const RopeConfig& config, std::optional<int64_t> seq_len, HfCallSite call_site) {
  const bool is_long = seq_len.has_value() &&
                       static_cast<double>(*seq_len) > *config.original_max_position_embeddings;
  const bool by_mscale = call_site == HfCallSite::kForward && config.short_mscale.has_value() &&
                         config.long_mscale.has_value();
  if (by_mscale) return {config.short_factor, is_long ? config.long_mscale : config.short_mscale};
  return {is_long ? config.long_factor : config.short_factor, std::nullopt};
}

}  // namespace

std::optional<int64_t> SwitchLengthOfLongrope(const RopeConfig& config) {
  const double original = std::floor(*config.original_max_position_embeddings);
  return static_cast<int64_t>(std::min(original, static_cast<double>(int64_t{1} << 53)));
}

Frequencies ComputeLongrope(const RopeConfig& config, std::optional<int64_t> seq_len,
                            HfCallSite call_site) {
  const Selection chosen = Select(config, seq_len, call_site);
  std::vector<float> inv_freq =
      ThetaPowers(config.rope_theta, config.rotary_dim, (config.rotary_dim + 1) / 2);
  for (size_t i = 0; i < inv_freq.size(); ++i) {
    inv_freq[i] = 1.0F / (static_cast<float>(chosen.factors[i]) * inv_freq[i]);
  }

  return {std::move(inv_freq),
          chosen.mscale.has_value() ? *chosen.mscale : AttentionFactor<double>(config)};
}

ExactFrequencies ExactLongrope(const RopeConfig& config, std::optional<int64_t> seq_len,
                               HfCallSite call_site) {
  const Selection chosen = Select(config, seq_len, call_site);
  ExactFrequencies result{
      ExactInvFreq(config.rope_theta, config.rotary_dim, (config.rotary_dim + 1) / 2), 1.0};
  for (size_t i = 0; i < result.inv_freq.size(); ++i) {
    result.inv_freq[i] = result.inv_freq[i] / chosen.factors[i];
  }
  result.attention_factor =
      chosen.mscale.has_value() ? Real(*chosen.mscale) : AttentionFactor<Real>(config);
  return result;
}

}  // namespace rope
