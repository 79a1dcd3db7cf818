// CheckModel: the entrance of the checks. Everything that is wrong with a loaded model, and one
// RopeConfig for each layer type.
#pragma once

#include "core/config/load/loading_state.h"
#include "core/config/report.h"

namespace rope {

// Checks the shape of the model, its layer types, and each parameter set. Findings go to the
// state's sink. Fills everything else in `report` except model_type.
//
// Works on the state because transformers does: building the rotary module standardizes
// rope_parameters again.
void CheckModel(LoadingState* state, ModelConfigReport* report);

}  // namespace rope
