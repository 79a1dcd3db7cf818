// Which set of rope_parameters the layers of each type are built from, and the judgement on each.
#pragma once

#include "core/config/load/loading_state.h"
#include "core/config/report.h"

namespace rope {

// Does what building the rotary module does, with the standardization it brings. Fills the report's
// rope_parameters and layer types.
void CheckRopeParameters(LoadingState* state, ModelConfigReport* report);

}  // namespace rope
