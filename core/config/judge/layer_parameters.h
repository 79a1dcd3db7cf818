// Which parameter set of rope_parameters each layer type uses, and the check of every set.
#pragma once

#include "core/config/load/loading_state.h"
#include "core/config/report.h"

namespace rope {

// Does what building the rotary module does, including the second standardization. Fills the
// report's rope_parameters and layer types, and adds to the findings of `state`.
//
// Two things decide which parameter sets there are. The family's module reads one parameter set for
// all layers, or one for each layer type (Family::nesting). And rope_parameters is one parameter
// set, or it is nested: then it has members that are named after layer types. The table says "set"
// for parameter set.
//
//   the family reads    rope_parameters is     what happens
//   ------------------  ---------------------  --------------------------------------------------
//   one per layer type  nested                 every layer type uses the set of its name
//   one per layer type  one set                the set is checked; every layer type lacks its own,
//                                              which is an error
//   one for all         one set                all layers use it
//   one for all         nested                 the sets are checked; the one for all is missing,
//                                              which is an error
//   one for all         nested, and one set    all layers use the one set; the nested ones are
//                       stands beside them     checked, and reported as without effect
//
// A document without model_type may have either form; its layers use what it has.
void CheckRopeParameters(LoadingState* state, ModelConfigReport* report);

}  // namespace rope
