// JSON merge patch (RFC 7396): the form of a finding's fix.
#pragma once

#include "core/json/json_value.h"

namespace rope {

// `target` with the members of `patch` merged in, recursively. A null in the patch removes the
// member; an array or a scalar replaces it. Members keep their order; new ones come last. Pure.
JsonValue ApplyMergePatch(JsonValue target, const JsonValue& patch);

}  // namespace rope
