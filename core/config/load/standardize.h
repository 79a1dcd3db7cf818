// The standardization of rope_parameters: every set gets its rope_type, rope_theta,
// partial_rotary_factor and, where its type needs it, original_max_position_embeddings.
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

// As transformers does it at load, and once more when a module with a scaled type is built; what it
// fills in depends on the attributes of that moment.
void StandardizeRopeParameters(LoadingState* state);

}  // namespace rope
