// Dynamic NTK-aware scaling (u/emozilla and u/bloc97, 2023; described in the YaRN paper, arXiv
// 2309.00071, section 3.3): the base grows with the sequence length T.
//
//   T' = max(T, L);  b' = rope_theta * (factor * T' / L - (factor - 1))^(d / (d - 2))
//   inv_freq_i = b'^(-2i/d)
//
// HunYuan has a constant alpha instead of the expression that contains T.
#include <algorithm>

#include "core/numerics/correctly_rounded.h"
#include "core/rope_types/base_frequencies.h"
#include "core/rope_types/entries.h"
#include "core/rope_types/formula_terms.h"

namespace rope {
namespace {

// The base if the length is a Python number: everything is double.
double BaseFromNumber(const RopeConfig& config, double seq_len, double max_len) {
  const double s = *config.factor;
  const double stretch = s * seq_len / max_len - (s - 1.0);
  return StretchedBase<double>(config, stretch);
}

// The base if the length is a tensor: every step is rounded to float32, but the power itself is
// computed in double.
double BaseFromTensor(const RopeConfig& config, double seq_len, double max_len) {
  const double s = *config.factor;
  const double d = static_cast<double>(config.rotary_dim);
  float stretch = static_cast<float>(s) * static_cast<float>(seq_len);
  stretch = stretch / static_cast<float>(max_len);
  stretch = stretch - static_cast<float>(s - 1.0);
  stretch = static_cast<float>(CorrectlyRoundedPow(stretch, d / (d - 2.0)));
  return static_cast<float>(config.rope_theta) * stretch;
}

}  // namespace

std::optional<int64_t> SwitchLengthOfDynamic(const RopeConfig& config) {
  if (config.alpha.has_value()) return std::nullopt;
  return config.max_position_embeddings;
}

Frequencies ComputeDynamic(const RopeConfig& config, std::optional<int64_t> seq_len,
                           HfCallSite call_site) {
  double base = 0.0;
  if (config.alpha.has_value()) {
    base = StretchedBase<double>(config, *config.alpha);
  } else {
    const int64_t max_len = *config.max_position_embeddings;
    const double length = static_cast<double>(std::max(seq_len.value_or(max_len), max_len));
    // A forward uses the frequencies of load time until a sequence is longer than max_len.
    const bool stretched = seq_len.has_value() && *seq_len > max_len;
    base = call_site == HfCallSite::kForward && stretched
               ? BaseFromTensor(config, length, static_cast<double>(max_len))
               : BaseFromNumber(config, length, static_cast<double>(max_len));
  }
  return {DefaultInvFreq(base, config.rotary_dim), 1.0};
}

ExactFrequencies ExactDynamic(const RopeConfig& config, std::optional<int64_t> seq_len,
                              HfCallSite /*call_site*/) {
  Real stretch;
  if (config.alpha.has_value()) {
    stretch = *config.alpha;
  } else {
    const int64_t max_len = *config.max_position_embeddings;
    const Real length = static_cast<double>(std::max(seq_len.value_or(max_len), max_len));
    const Real s = *config.factor;
    stretch = s * length / static_cast<double>(max_len) - (s - 1.0);
  }
  const Real base = StretchedBase<Real>(config, stretch);
  return {ExactInvFreq(base, config.rotary_dim, (config.rotary_dim + 1) / 2), 1.0};
}

}  // namespace rope
