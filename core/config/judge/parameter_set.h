// CheckParameterSet: the check of one parameter set, and the RopeConfig that comes out of it.
#pragma once

#include <optional>
#include <string>

#include "core/config/load/loading_state.h"
#include "core/rope_types/rope_config.h"

namespace rope {

// Checks one parameter set, a JSON object with rope_type, rope_theta and so on: first its type and
// keys, then the values that every type has, then those of its type (rules/rules.h).
//
// `loaded` is the parameter set as transformers validates it at load. `built` is the same parameter
// set after a module was built. `path` is its place in the document. `layer_type` is the layer type
// that uses it, "" if all layers use it. Adds to the findings of `state`. The RopeConfig is absent
// if these findings now hold an error, about this set or anything before it.
std::optional<RopeConfig> CheckParameterSet(LoadingState* state, const JsonValue& loaded,
                                            const JsonValue& built, const std::string& path,
                                            const std::string& layer_type);

}  // namespace rope
