// Ministral 3 and Mistral 4. Their default rope_parameters depend on other fields.
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

// The default of rope_parameters is yarn with factor 16 and the attribute max_position_embeddings.
void PrepareMinistral3(LoadingState* state);

// head_dim is qk_nope_head_dim + qk_rope_head_dim, and qk_rope_head_dim channels of it rotate. A
// sum below 1 is an error finding. The default of rope_parameters is yarn with factor 128 and the
// attribute max_position_embeddings.
void PrepareMistral4(LoadingState* state);

}  // namespace rope
