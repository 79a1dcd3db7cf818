// Gemma 4 and its siblings.
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

// Every 6th layer has full attention. The last layer has it too, whatever the document says.
void FillGemma4(LoadingState* state);

// global_head_dim (512) is the head_dim of the layers with full attention. It goes to
// per_layer_config, unless the document has one.
void PrepareGemma4(LoadingState* state);

}  // namespace rope
