// Families whose class has no rope_parameters: every model rotates by rope type default, with a
// base and a width that other fields give. A rope_parameters or rope_scaling in the document has no
// effect, and a finding says so.
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

// GPT-J and CodeGen: base 10000, and the first rotary_dim (64) channels of a head rotate.
void ConvertGptJ(LoadingState* state);
// The encoder of CLVP: base 10000, and max(projection_dim / (2 * num_attention_heads), 32) channels
// rotate.
void ConvertClvp(LoadingState* state);
// ESM: the base is the field rope_theta. Its first channels are all of a head.
void ConvertEsm(LoadingState* state);
// Conformers for speech: the base is rotary_embedding_base (10000).
void ConvertConformer(LoadingState* state);

}  // namespace rope
