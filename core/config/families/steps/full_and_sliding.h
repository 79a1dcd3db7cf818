// Families that always have two parameter sets, one for full_attention and one for
// sliding_attention, and state their bases in two members at the top level.
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

// rope_theta (1e6) is the base of full attention, rope_local_base_freq (1e4) that of the sliding
// window. rope_scaling applies to full attention only.
void ConvertGemma3(LoadingState* state);

// rope_theta (5e5) is the base of full attention only; the sliding window always gets the default,
// unless its parameter set has a base. rope_scaling applies to full attention only.
void ConvertOlmo3(LoadingState* state);

// global_rope_theta (160000) is the base of full attention, local_rope_theta (1e4) that of the
// sliding window. rope_scaling applies to both.
void ConvertModernBert(LoadingState* state);

}  // namespace rope
