// Conversion: the legacy spellings of a document (rope_scaling, rope_theta at the top level) become
// `rope_parameters`.
//
// This is convert_rope_params_to_dict of transformers' base class. The conversions of single
// families (core/config/families/steps) use its parts as well. Where transformers raises an
// exception, this adds an error finding and continues with a default.
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

// What most families do. First rope_scaling replaces rope_parameters. Then rope_theta and
// partial_rotary_factor are filled into its parameter sets. Then the parameter sets are
// standardized.
void ConvertGeneral(LoadingState* state);

// For families that read rope_parameters only: nothing is converted or standardized.
void ConvertNothing(LoadingState* state);

// rope_scaling replaces rope_parameters if it is a non-empty object. Afterwards rope_parameters is
// an object.
void AdoptRopeScaling(LoadingState* state);

// Returns true if `scaling`, the value of rope_scaling, is an object. Otherwise adds a finding.
bool CheckRopeScalingIsObject(LoadingState* state, const JsonValue& scaling);

}  // namespace rope
