// Families whose class computes a field itself, so that a document cannot give it.
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

// Falcon: head_dim is hidden_size / num_attention_heads, and n_embed is another name of
// hidden_size.
void PrepareFalcon(LoadingState* state);

// Falcon-H1: makes layer_types itself. A layer_types in the document is an error finding.
void PrepareFalconH1(LoadingState* state);

// Bamba: makes layer_types itself and rotates half of a head, whatever partial_rotary_factor says.
void PrepareBamba(LoadingState* state);

}  // namespace rope
