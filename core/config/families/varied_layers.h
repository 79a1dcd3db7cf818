// Families that make several parameter sets of their only one: the functions that
// Family::vary_layers points to.
#pragma once

#include "core/config/load/layer_variants.h"
#include "core/config/load/loading_state.h"

namespace rope {

// Molmo2: the layers that rope_scaling_layers lists use the parameter set ("scaled"), all others
// the same rope_theta with rope type "default" ("unscaled"). Without that list all are scaled.
// Source: Molmo2TextModel and Molmo2RotaryEmbedding of transformers 5.24.
LayerVariants VaryByScalingLayers(LoadingState* state);

// Granite SWA: layer_rope_theta has the base of each layer, which replaces that of the parameter
// set; 0 is a layer without rotary embedding. The variants are named after their base,
// "rope_theta=10000.0", and sorted by it. Without that list all layers use the parameter set.
// Source: GraniteSWAModel of transformers 5.24.
LayerVariants VaryByLayerTheta(LoadingState* state);

}  // namespace rope
