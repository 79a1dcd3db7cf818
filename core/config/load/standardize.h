// The standardization of rope_parameters: transformers' standardize_rope_params.
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

// Gives every parameter set in rope_parameters the members that it lacks: rope_type, rope_theta,
// partial_rotary_factor and, if its rope type needs it, original_max_position_embeddings.
//
// transformers does this twice: at load, and again when a module with a scaled rope type is built.
// The values come from the attributes. The second time more members of the document are attributes,
// so the results may differ. This service therefore does both.
void StandardizeRopeParameters(LoadingState* state);

}  // namespace rope
