// Checks of one parameter set that are the same for every rope type: the type itself, the keys, and
// rope_theta.
#pragma once

#include <string>

#include "core/config/judge/parameter_set_reader.h"
#include "core/rope_types/rope_config.h"
#include "core/rope_types/rope_type.h"

namespace rope {

// Reports a rope type that is unknown or not computed, each required key that is missing, and the
// keys that the rope type does not read. Returns the type; null, with an error finding, if this
// service cannot compute it.
const RopeType* CheckTypeAndKeys(const ParameterSetReader& reader);

// The warning that transformers prints for a rope_type that it does not know. "" if it knows the
// type although this service does not compute it.
std::string UnknownTypeWarning(const JsonValue& type);

// Fills out->rope_theta. If rope_theta is missing or wrong, there is a finding, and out->rope_theta
// keeps its initial value.
void CheckTheta(const ParameterSetReader& reader, RopeConfig* out);

// Reports a key `type`, the old spelling of rope_type, that contradicts rope_type or has no effect.
void CheckOldTypeKey(const ParameterSetReader& reader);

// Reports keys that transformers does not read although people mean something by them. `type` is
// the rope type of the parameter set.
void CheckMisspellings(const ParameterSetReader& reader, const RopeType& type);

}  // namespace rope
