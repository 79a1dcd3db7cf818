// Conversions of the spellings that configurations use (rope_scaling, rope_theta at the top level,
// a family's own names) to `rope_parameters`. The general one, and those of single families.
//
// Each does what transformers' convert_rope_params_to_dict of that class does, standardization
// included. What fails there is an error finding here, and the conversion goes on as well as it
// can.
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

void ConvertGeneral(LoadingState* state);

// One set for full_attention, one for sliding_attention.
void ConvertGemma3(LoadingState* state);  // rope_theta, rope_local_base_freq; scaling: full only
void ConvertOlmo3(LoadingState* state);   // rope_theta: full only; scaling: full only
void ConvertModernBert(LoadingState* state);  // global_rope_theta, local_rope_theta; scaling: both

void ConvertGptNeoX(LoadingState* state);          // rotary_emb_base, rotary_pct (0.25)
void ConvertGptNeoXJapanese(LoadingState* state);  // rotary_emb_base, rotary_pct (1.0)
void ConvertPhi3(LoadingState* state);             // su and yarn are longrope
void ConvertQwen2Vl(LoadingState* state);          // mrope is default
void ConvertHunYuanVl(LoadingState* state);        // xdrope is dynamic, xdrope_section
void ConvertMiniMaxM2(LoadingState* state);        // rotary_dim
void ConvertNothing(LoadingState* state);          // rope_parameters counts as it is

}  // namespace rope
