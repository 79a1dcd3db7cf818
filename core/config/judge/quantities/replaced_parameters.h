// rope_parameters that rope_scaling replaced.
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

// If a document gives both rope_scaling and rope_parameters, most families read rope_scaling alone.
// Reports rope_parameters whose values differ from those that are used. REQUIRES a loaded state
// whose parameter sets were checked.
void CheckReplacedParameters(LoadingState* state);

}  // namespace rope
