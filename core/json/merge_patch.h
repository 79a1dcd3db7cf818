// JSON merge patch (RFC 7396): the form of a finding's fix.
#pragma once

#include "core/json/json_value.h"

namespace rope {

// `target` with the members of `patch` merged in, recursively. A null in the patch removes the
// member; an array or a scalar replaces it. Members keep their order; new ones come last. Pure.
JsonValue ApplyMergePatch(JsonValue target, const JsonValue& patch);

// The patch that does what both patches do. They must not change the same member.
JsonValue CombinedPatch(JsonValue first, const JsonValue& second);

}  // namespace rope
