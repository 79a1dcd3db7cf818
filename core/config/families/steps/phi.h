// Phi-3, Phi-4-multimodal and PhiMoE: they allow only the rope types default and longrope.
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

// original_max_position_embeddings is a field of the class (4096). Phi-4-multimodal allows null.
void PreparePhi3(LoadingState* state);
void PreparePhi4Multimodal(LoadingState* state);
// Types "su" and "yarn" mean longrope.
void ConvertPhi3(LoadingState* state);
// Checks the rope type and the lengths of the factor lists. transformers computes the length from
// hidden_size / num_attention_heads here, whatever head_dim says.
void CheckPhi3(LoadingState* state);

// PhiMoE. longrope needs short_mscale and long_mscale, which scale cos and sin. The parameter set's
// original_max_position_embeddings becomes the attribute.
void CheckPhimoe(LoadingState* state);

}  // namespace rope
