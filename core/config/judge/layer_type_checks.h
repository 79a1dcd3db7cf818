// Checks on the lists layer_types and mlp_layer_types.
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

// Each list must have one entry per layer, and only names that the family knows. As in
// transformers, neither list is checked if layer_types is null or the number of layers is unknown.
void CheckLayerTypes(LoadingState* state);

}  // namespace rope
