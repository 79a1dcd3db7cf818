// The name that was probably meant, when a name is not known.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace rope::ropectl {

// ", did you mean NAME?" with the name that differs in the fewest letters, which is the first of
// them if there are several. Empty if none is near: more than a third of the letters differ. Pure.
std::string NearestNameHint(absl::string_view name, const std::vector<std::string>& known);

}  // namespace rope::ropectl
