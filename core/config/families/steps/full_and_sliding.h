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

// NeoMME: rope_theta is the base of both; without it they are 1e6 and 1e4. Full attention rotates a
// quarter of a head, the sliding window all of it. Only layer types that layer_types has get a set.
void ConvertNeoMme(LoadingState* state);
// What the class checks in each set: partial_rotary_factor is in (0, 1], and two position axes that
// take turns need a multiple of 4 channels. One layer at least must have full attention.
void CheckNeoMme(LoadingState* state);

}  // namespace rope
