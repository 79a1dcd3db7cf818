// The rules of each rope type for its parameters: what transformers warns of or fails at, what we
// refuse beyond that, and the RopeConfig that comes out. Which keys a type requires and allows
// stands in the registry (core/rope_types/rope_types.h).
#pragma once

#include <optional>
#include <string>

#include "core/config/judge/set_reader.h"
#include "core/rope_types/rope_config.h"

namespace rope {

// Judges one set of parameters of layer type `layer_type` ("" if there is one set for all).
// `loaded` is the set as validated at load, `built` after a module was built: the original length
// may differ. The RopeConfig is absent where the findings now hold an error about this set.
std::optional<RopeConfig> CheckParameterSet(LoadingState* state, const JsonValue& loaded,
                                            const JsonValue& built, const std::string& path,
                                            const std::string& layer_type);

}  // namespace rope
