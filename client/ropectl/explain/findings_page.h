// docs/findings.md, which is a part of the program.
#pragma once

#include "absl/strings/string_view.h"

namespace rope {

// The whole page. It has a section "### CODE: title" for every finding, each with an example.
absl::string_view FindingsPage();

}  // namespace rope
