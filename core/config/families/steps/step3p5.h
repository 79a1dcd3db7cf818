// Step-3.5 and Step-3.7. Checkpoints give the bases and the rotated shares as lists with one entry
// per layer, and a scaling for the layers with full attention.
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

// Gives all layers full attention, unless the document has layer_types. Drops the entries of extra
// prediction layers.
void FillStep3p5(LoadingState* state);

// One parameter set per layer type. Its values are those of the first layer of that type in
// rope_theta and partial_rotary_factors; rope_scaling is merged into full_attention. Parameter sets
// that the document has for every layer type are left unchanged.
void ConvertStep3p5(LoadingState* state);

}  // namespace rope
