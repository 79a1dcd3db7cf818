// Which layers of a model use which parameter set, and which have no rotary embedding.
#pragma once

#include "core/config/load/loading_state.h"
#include "core/config/report.h"

namespace rope {

// Fills `layers` of every parameter set in the report, and `layers_without_rope`. Fills nothing if
// the number of layers is unknown or beyond kMaxHiddenLayers.
void AssignLayers(const LoadingState& state, ModelConfigReport* report);

}  // namespace rope
