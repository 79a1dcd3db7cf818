// CheckModel: the entry point of the checks. It reports everything that is wrong with a loaded
// model, and makes one RopeConfig for each layer type.
#pragma once

#include "core/config/load/loading_state.h"
#include "core/config/report.h"

namespace rope {

// Checks the shape of the model, its layer types, and each parameter set. Findings go to the
// state's sink. Fills everything in `report` except model_type and findings.
//
// Changes the state: building the rotary module standardizes rope_parameters again, in transformers
// and here.
void CheckModel(LoadingState* state, ModelConfigReport* report);

}  // namespace rope
