// Which layers of a model use which parameter set, and which have no rotary embedding.
#pragma once

#include "core/config/load/layer_variants.h"
#include "core/config/load/loading_state.h"
#include "core/config/report.h"

namespace rope {

// Fills `layers` of every parameter set in the report, and `layers_without_rope`. Fills nothing if
// the number of layers is unknown or beyond kMaxHiddenLayers, or if a finding is an error. Reports
// a model none of whose layers has a rotary embedding.
//
// `variants` says which parameter set a layer uses if the family makes several of one
// (Family::vary_layers); its indices are those of report->layer_types. Null: the layer's type says
// it.
void AssignLayers(LoadingState* state, const LayerVariants* variants, ModelConfigReport* report);

}  // namespace rope
