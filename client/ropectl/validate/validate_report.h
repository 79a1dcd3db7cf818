// What ropectl validate prints: for people, for scripts, for CI systems.
#pragma once

#include <vector>

#include "client/ropectl/validate/fix.h"

namespace rope::ropectl {

enum class FixMode { kNone, kWrite, kDryRun };

// For people: for each configuration one line that says whether it is valid, then its findings in
// the order of the file. For a single configuration it then prints every value that frequencies are
// computed from, and where the value comes from. If `color`, the text has the escape sequences of a
// terminal.
void PrintText(const std::vector<ValidatedConfig>& configs, FixMode fix, bool color);

// {"valid","findings","rope_parameters","layers_without_rope"} of the only configuration; if
// `several`, an array of these, each starting with "file". With fixes, each has "fixed" and "left",
// too, and for a dry run "diff".
void PrintJson(const std::vector<ValidatedConfig>& configs, FixMode fix, bool several);

// SARIF 2.1.0, which code hosts and CI systems read: one run with one result for each finding.
void PrintSarif(const std::vector<ValidatedConfig>& configs);

}  // namespace rope::ropectl
