// JSON merge patch, RFC 7396: how a finding says what would mend a document.
#pragma once

#include "core/json/json_value.h"

namespace rope {

// `target` with the members of `patch`, recursively; null removes a member, an array or a scalar
// replaces. Members keep their order, new ones come last.
JsonValue ApplyMergePatch(JsonValue target, const JsonValue& patch);

}  // namespace rope
