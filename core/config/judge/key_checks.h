// Checks of one parameter set that are the same for every rope type: the type itself, the keys, and
// rope_theta.
#pragma once

#include <string>

#include "core/config/judge/parameter_set_reader.h"
#include "core/rope_types/rope_config.h"
#include "core/rope_types/rope_type.h"

namespace rope {

// Checks that the type is known and computed, that all its required keys are there, and no others
// than it reads. Returns the type; null, with an error finding, if it cannot be computed.
const RopeType* CheckTypeAndKeys(const ParameterSetReader& reader);

// What transformers warns about a rope_type that it does not know; "" for a string that it knows
// although this service does not compute it.
std::string UnknownTypeWarning(const JsonValue& type);

// Fills rope_theta. It keeps its initial value if a finding says that it has none.
void CheckTheta(const ParameterSetReader& reader, RopeConfig* out);

// Reports a key `type`, the old spelling of rope_type, that contradicts rope_type or has no effect.
void CheckOldTypeKey(const ParameterSetReader& reader);

// Reports keys that transformers does not read although people mean something by them. `type` is
// the type of the set.
void CheckMisspellings(const ParameterSetReader& reader, const RopeType& type);

}  // namespace rope
