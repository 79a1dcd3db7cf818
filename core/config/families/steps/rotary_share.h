// Families with other names for the rotated share of a head.
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

// rotary_emb_base is rope_theta; rotary_pct is the share, by default 0.25 for GPT-NeoX and 1 for
// the Japanese model.
void ConvertGptNeoX(LoadingState* state);
void ConvertGptNeoXJapanese(LoadingState* state);

// rotary_dim / head_dim is the share.
void ConvertMiniMaxM2(LoadingState* state);

}  // namespace rope
