// Where the values come from that frequencies are computed with.
#pragma once

#include <vector>

#include "core/config/load/loading_state.h"
#include "core/config/report.h"

namespace rope {

// Everything `result` was read from: the members of the set of parameters as it stands when a
// module is built, the shape of the model, and the defaults of the rope type.
std::vector<EffectiveValue> ExplainParameters(LoadingState* state, const JsonValue& set,
                                              const RopeConfig& result);

}  // namespace rope
