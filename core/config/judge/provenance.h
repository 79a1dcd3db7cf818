// Where the values come from that frequencies are computed with.
#pragma once

#include <vector>

#include "core/config/load/loading_state.h"
#include "core/config/report.h"
#include "core/json/json_value.h"
#include "core/rope_types/rope_parameters.h"

namespace rope {

// The parameter's value as a configuration would write it: null if it is absent, a list of numbers
// as an array.
JsonValue JsonOf(const RopeParameterValue& value);

// Everything `result` was read from: the members of the set of parameters as it stands when a
// module is built, the shape of the model, and the defaults of the rope type.
std::vector<EffectiveValue> ExplainParameters(LoadingState* state, const JsonValue& set,
                                              const RopeConfig& result);

}  // namespace rope
