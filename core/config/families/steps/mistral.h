// Ministral 3 and Mistral 4. Their default rope_parameters depend on other fields.
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

// Default: yarn by 16, with the family's max_position_embeddings.
void PrepareMinistral3(LoadingState* state);

// head_dim is qk_nope_head_dim + qk_rope_head_dim, of which the latter rotate. Default: yarn by
// 128, with the family's max_position_embeddings.
void PrepareMistral4(LoadingState* state);

}  // namespace rope
