// Ministral 3 and Mistral 4: their default rope_parameters depend on other fields, and they scale
// queries by their position, as Llama 4 does.
#pragma once

#include <optional>

#include "core/config/load/loading_state.h"
#include "core/rope_types/attention/attention_scaling.h"

namespace rope {

// The default of rope_parameters is yarn with factor 16 and the attribute max_position_embeddings.
void PrepareMinistral3(LoadingState* state);

// head_dim is qk_nope_head_dim + qk_rope_head_dim, and qk_rope_head_dim channels of it rotate. A
// sum below 1 is an error finding. The default of rope_parameters is yarn with factor 128 and the
// attribute max_position_embeddings.
void PrepareMistral4(LoadingState* state);

// The attention of Ministral 3 and Mistral 4 scales queries by
// 1 + llama_4_scaling_beta * log(1 + floor(position / original_max_position_embeddings)). It reads
// both from rope_parameters, without defaults, so the first input fails if one of them is missing.
// Source: get_llama_4_attn_scale of transformers 5.24.
void CheckLlama4Scaling(LoadingState* state);

// How the attention scales queries: by the members that CheckLlama4Scaling asks for, and by
// attn_scale and floor_scale of Llama 4. Null if it does not, or if a member is no number.
std::optional<QueryScaling> ScaleMinistralQueries(const LoadingState& state);
std::optional<QueryScaling> ScaleLlama4Queries(const LoadingState& state);

}  // namespace rope
