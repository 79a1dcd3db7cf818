// The frequencies of YaRN, for rope types of engines that differ from it in the attention factor.
#pragma once

#include <vector>

#include "core/rope_types/rope_config.h"

namespace rope {

// inv_freq of type "yarn" in float32 arithmetic, as in profile `hf`. `extrapolation_factor`
// multiplies the share of the frequency that is kept; 1 in transformers and in vLLM. REQUIRES
// rope_theta, rotary_dim, factor, original_max_position_embeddings, beta_fast, beta_slow and
// truncate of `config`; other members are not read. The values are not finite if a term of the
// formula has no value. Pure.
std::vector<float> YarnInvFreq(const RopeConfig& config, double extrapolation_factor);

}  // namespace rope
