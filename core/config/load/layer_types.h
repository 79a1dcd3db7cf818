// layer_types: legacy names of layer types.
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

// Replaces legacy names in the attribute layer_types ("attention" -> "full_attention"), as the end
// of loading does.
void RenameLegacyLayerTypes(LoadingState* state);

}  // namespace rope
