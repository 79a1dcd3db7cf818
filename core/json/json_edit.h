// EditJson: a merge patch applied to the text of a document, so that everything else keeps its
// bytes.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "core/json/json_value.h"

namespace rope {

// The text of `text` with `patch` (RFC 7396) applied. Spaces, the spelling of numbers and strings,
// the order of members, and members that are given twice stay as they are where the patch changes
// nothing. A member whose value the patch moves to another name of the same object only gets the
// new name. A value that moves to another object keeps its spelling. New members come last, with
// the indentation of the object's other members.
//
// Absent if `text` is no JSON object, or if reading the result does not give what ApplyMergePatch
// gives; so a result is never a damaged document. Pure and thread-safe; linear in both texts.
std::optional<std::string> EditJson(absl::string_view text, const JsonValue& patch);

}  // namespace rope
