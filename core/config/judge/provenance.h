// The origin of every value that the frequencies are computed from.
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

// Every value that `result` was read from, in this order: the members of `set`, which is the
// parameter set after a module was built, then the shape of the model, then the defaults of the
// rope type. REQUIRES that `result` came from CheckParameterSet with this parameter set. Adds no
// findings, except that deriving head_dim may report that it has no value.
std::vector<EffectiveValue> ExplainParameters(LoadingState* state, const JsonValue& set,
                                              const RopeConfig& result);

}  // namespace rope
