// Checks on one set of rope parameters that do not depend on what its type computes.
#pragma once

#include <string>

#include "core/config/judge/set_reader.h"
#include "core/rope_types/rope_config.h"
#include "core/rope_types/rope_type.h"

namespace rope {

// Known type, all required keys, no other keys. Null, with an error finding, where the type cannot
// be computed.
const RopeType* CheckTypeAndKeys(const SetReader& set);

// What transformers says of a type that it does not know; nothing of those it does.
std::string UnknownTypeWarning(const JsonValue& type);

// Fills rope_theta.
void CheckTheta(const SetReader& set, RopeConfig* out);

// What transformers lets through although it is hardly meant. `type`: that of the set.
void WarnOfSuspicions(const SetReader& set, const RopeType& type);

}  // namespace rope
