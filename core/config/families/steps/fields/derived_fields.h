// Families whose class fills a field from other fields, or reads its rope parameters from fields
// that no other class has.
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

// rope_theta is a field of the class, with the family's default: it becomes an attribute before the
// conversion.
void PrepareOwnTheta(LoadingState* state);

// Cohere-2-MoE: rope_theta and rope_scaling are fields of the class, and nothing converts them. The
// base of a document without rope_parameters is rope_theta; a rope_scaling has no effect. A
// rope_parameters is used unchanged.
void ConvertCohere2Moe(LoadingState* state);

// Zamba-2: a head is twice as wide as hidden_size / num_attention_heads, because attention sees the
// hidden states and the embeddings side by side. use_long_context sets max_position_embeddings.
void PrepareZamba2(LoadingState* state);

// HRM: num_hidden_layers counts the layers of one stack. They run H_cycles * (L_cycles + 1) times.
void PrepareHrmText(LoadingState* state);

// Sarvam-MLA: rope type deepseek_yarn means yarn.
void PrepareSarvamMla(LoadingState* state);

// RecurrentGemma: rope_type must be default.
void CheckRecurrentGemma(LoadingState* state);

// The audio encoder of Dots-3: hidden_size, num_attention_heads and num_hidden_layers may stand in
// whisper_config under their old names.
void PrepareDots3Audio(LoadingState* state);

// Mistral-Large-4: each frequency is multiplied by exp of a learned number in the checkpoint.
void CheckMistralLarge4(LoadingState* state);

}  // namespace rope
