// RoFormer: Enhanced Transformer with Rotary Position Embedding. Su et al. 2021, arXiv 2104.09864.
//
//   inv_freq_i = rope_theta^(-2i/d)
#include "core/rope_types/base_frequencies.h"
#include "core/rope_types/entries.h"

namespace rope {

Frequencies ComputeDefault(const RopeConfig& config, std::optional<int64_t> /*seq_len*/,
                           HfPath /*path*/) {
  return {DefaultInvFreq(config.rope_theta, config.rotary_dim), 1.0};
}

}  // namespace rope
