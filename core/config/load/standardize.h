// The standardization of rope_parameters: transformers' standardize_rope_params.
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

// Gives every parameter set in rope_parameters the members that it lacks: rope_type, rope_theta,
// partial_rotary_factor and, if its rope type needs it, original_max_position_embeddings.
//
// transformers does this twice: at load, and again when a module with a scaled rope type is built.
// The values come from the attributes. More members of the document are attributes the second time,
// so the two may differ: that is why both are done here.
void StandardizeRopeParameters(LoadingState* state);

}  // namespace rope
