// Dots-3: layers with a sliding window have their own base (swa_rope_theta), and heads with their
// own width and rotated part (swa_head_dim, swa_qk_rope_head_dim).
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

// Layers 0, 1, 5, 9, ... have full attention, or indexed attention unless use_dsa is false; the
// others have a sliding window. The overrides of the latter go into per_layer_config.
void FillDots3(LoadingState* state);

// One parameter set for each layer type. Its rotated share is computed from the widths.
void ConvertDots3(LoadingState* state);

// rope type longrope is not possible if the layers differ.
void CheckDots3(LoadingState* state);

}  // namespace rope
