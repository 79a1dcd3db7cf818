// RoFormer: Enhanced Transformer with Rotary Position Embedding. Su et al. 2021, arXiv 2104.09864.
//
//   inv_freq_i = rope_theta^(-2i/d)
//
// ERNIE-4.5-VL (Baidu 2025) keeps the first n frequencies in another order: 0, 2, 4, ..., then 1,
// 3, 5, .... Its forward undoes that, so its tables have the order of all other models.
#include "core/rope_types/base_frequencies.h"
#include "core/rope_types/entries.h"

namespace rope {
namespace {

// Reorders the first `count` frequencies.
template <typename Number>
void EvenBeforeOdd(int64_t count, std::vector<Number>* inv_freq) {
  const std::vector<Number> before(*inv_freq);
  for (int64_t i = 0; i < count; ++i) {
    const int64_t to = i % 2 == 0 ? i / 2 : (count + 1) / 2 + i / 2;
    (*inv_freq)[to] = before[i];
  }
}

}  // namespace

Frequencies ComputeDefault(const RopeConfig& config, std::optional<int64_t> /*seq_len*/,
                           HfCallSite call_site) {
  Frequencies result{DefaultInvFreq(config.rope_theta, config.rotary_dim), 1.0};
  if (call_site == HfCallSite::kForward) return result;
  EvenBeforeOdd(config.even_odd_frequencies, &result.inv_freq);
  return result;
}

ExactFrequencies ExactDefault(const RopeConfig& config, std::optional<int64_t> /*seq_len*/,
                              HfCallSite call_site) {
  ExactFrequencies result{
      ExactInvFreq(config.rope_theta, config.rotary_dim, (config.rotary_dim + 1) / 2), 1.0};
  if (call_site == HfCallSite::kForward) return result;
  EvenBeforeOdd(config.even_odd_frequencies, &result.inv_freq);
  return result;
}

}  // namespace rope
