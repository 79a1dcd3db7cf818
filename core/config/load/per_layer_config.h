// per_layer_config: the attributes that single layers of a model have instead of the model's own.
// Source: transformers/integrations/heterogeneity/configuration_utils.py of transformers 5.24.
#pragma once

#include <cstdint>
#include <map>

#include "core/config/load/layer_head_dims.h"
#include "core/config/load/loading_state.h"

namespace rope {

// The overrides of each layer, by its number; the values point into the attributes of `state`.
//
// transformers reads each key with Python's int(): it saves the layers of a model with ten or more
// of them as "00", "01", ... Of two keys with the same number the later one counts. Empty if the
// attribute per_layer_config is missing or no object. A key that is no number is left out.
std::map<int64_t, const JsonValue*> PerLayerOverrides(const LoadingState& state);

// The head_dims that the layers of each layer type get there. The values point into the attributes
// of `state`. Linear in the document; LoadingState::HeadDimsOfLayers keeps the result.
LayerHeadDims FindLayerHeadDims(const LoadingState& state);

// Reports keys that are no numbers, or no numbers of layers: transformers does not load the model.
void CheckPerLayerConfig(LoadingState* state);

}  // namespace rope
