// Conversions of the spellings that configurations use (rope_scaling, rope_theta at the top level,
// a family's own names) to `rope_parameters`. The general one, and those of single families.
//
// Each does what transformers' convert_rope_params_to_dict of that class does, standardisation
// included. What fails there is an error finding here, and the conversion goes on as well as it
// can.
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

void ConvertGeneral(ConfigObject* config);

// One set for full_attention, one for sliding_attention.
void ConvertGemma3(ConfigObject* config);  // rope_theta, rope_local_base_freq; scaling: full only
void ConvertOlmo3(ConfigObject* config);   // rope_theta: full only; scaling: full only
void ConvertModernBert(ConfigObject* config);  // global_rope_theta, local_rope_theta; scaling: both

void ConvertGptNeoX(ConfigObject* config);          // rotary_emb_base, rotary_pct (0.25)
void ConvertGptNeoXJapanese(ConfigObject* config);  // rotary_emb_base, rotary_pct (1.0)
void ConvertPhi3(ConfigObject* config);             // su and yarn are longrope
void ConvertQwen2Vl(ConfigObject* config);          // mrope is default
void ConvertHunYuanVl(ConfigObject* config);        // xdrope is dynamic, xdrope_section
void ConvertMiniMaxM2(ConfigObject* config);        // rotary_dim
void ConvertNothing(ConfigObject* config);          // rope_parameters counts as it is

}  // namespace rope
