// Families whose class has no rope_parameters: every model rotates by rope type default, with a
// base and a width that other fields give. A rope_parameters or rope_scaling in the document has no
// effect, and a finding says so.
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

// Those whose base is the default of the family.
void ConvertFixed(LoadingState* state);
// ESM: the base is the field rope_theta, a float.
void ConvertEsm(LoadingState* state);
// DINOv3: the base is the field rope_theta.
void ConvertThetaField(LoadingState* state);
// Conformers for speech: the base is rotary_embedding_base (10000).
void ConvertConformer(LoadingState* state);

// The attention of these families computes the width of a head itself, from hidden_size and
// num_attention_heads as they are after loading.
//
// GPT-J and CodeGen: the first rotary_dim (64) channels of a head rotate.
void FinishGptJ(LoadingState* state);
// The encoder of CLVP: max(projection_dim / (2 * num_attention_heads), 32) channels rotate.
void FinishClvp(LoadingState* state);
// Conformers: the whole head.
void FinishConformer(LoadingState* state);
// SeamlessM4T: the same for its speech encoder (speech_encoder_attention_heads, 16;
// speech_encoder_layers, 24).
void FinishSeamless(LoadingState* state);

}  // namespace rope
