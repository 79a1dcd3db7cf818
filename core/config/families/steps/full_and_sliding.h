// Families that always have two parameter sets, one for full_attention and one for
// sliding_attention, and state their bases in two members at the top level.
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

// rope_theta (1e6) is the base of full attention, rope_local_base_freq (1e4) that of the sliding
// window. rope_scaling applies to full attention only.
void ConvertGemma3(LoadingState* state);

// rope_theta (5e5) reaches full attention only. So does rope_scaling.
void ConvertOlmo3(LoadingState* state);

// global_rope_theta (160000) and local_rope_theta (1e4). rope_scaling applies to both.
void ConvertModernBert(LoadingState* state);

}  // namespace rope
