// layer_types: legacy names of layer types.
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

// Replaces legacy names in the attribute layer_types ("attention" -> "full_attention").
// transformers does this at the end of loading. Does nothing if the attribute is not a list.
void RenameLegacyLayerTypes(LoadingState* state);

}  // namespace rope
