// What ropectl validate prints: for people, for scripts, for CI systems.
#pragma once

#include <string>
#include <vector>

#include "client/ropectl/arguments/config_source.h"
#include "core/findings/finding.h"
#include "rope/v1/validation.pb.h"

namespace rope::ropectl {

// One configuration and what its validation found.
struct ValidatedConfig {
  ConfigSource source;
  v1::ValidateConfigResponse response;
  std::vector<Finding> findings;  // those of `response`
  int fixed = 0;                  // fixes that --fix wrote before this validation
};

// For people: for each configuration one line that says whether it is valid, then its findings in
// the order of the file. For a single configuration it then prints every value that frequencies are
// computed from, and where the value comes from. If `color`, the text has the escape sequences of a
// terminal.
void PrintText(const std::vector<ValidatedConfig>& configs, bool color);

// {"valid","findings","rope_parameters"} of the only configuration; if `several`, an array of
// these, each starting with "file".
void PrintJson(const std::vector<ValidatedConfig>& configs, bool several);

// SARIF 2.1.0, which code hosts and CI systems read: one run with one result for each finding.
void PrintSarif(const std::vector<ValidatedConfig>& configs);

}  // namespace rope::ropectl
