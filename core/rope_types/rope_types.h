// The list of RoPE types. Adding a type: docs/adding_a_rope_type.md.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/rope_types/rope_type.h"

namespace rope {

// Every type, in the order in which they are shown. Constant for the life of the process.
absl::Span<const RopeType> AllRopeTypes();

// Null where no type has that name. Names are compared byte by byte, as transformers does.
const RopeType* FindRopeType(absl::string_view name);

// "default, linear, ...": for messages.
absl::string_view RopeTypeNames();

}  // namespace rope
