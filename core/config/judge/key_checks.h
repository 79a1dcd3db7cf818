// Checks of one parameter set that are the same for every rope type: the type itself and the keys.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "core/config/judge/parameter_set_reader.h"
#include "core/rope_types/rope_config.h"
#include "core/rope_types/rope_type.h"

namespace rope {

// Reports a rope type that is unknown or not computed, and each required key that is missing.
// Returns the type; null, with an error finding, if this service cannot compute it.
const RopeType* CheckTypeAndKeys(const ParameterSetReader& reader);

// The warning that transformers prints for a rope_type that it does not know. "" if it knows the
// type although this service does not compute it.
std::string UnknownTypeWarning(const JsonValue& type);

// Whether transformers' check of keys knows the key for that type. It knows partial_rotary_factor
// for every type.
bool ReadsKey(const RopeType& type, absl::string_view key);

// Reports a key `type`, the old spelling of rope_type, that contradicts rope_type or has no effect.
void CheckOldTypeKey(const ParameterSetReader& reader);

// Reports the keys that are not read in a parameter set whose values `result` was read from.
void CheckUnreadKeys(const ParameterSetReader& reader, const RopeType& type,
                     const RopeConfig& result);

}  // namespace rope
