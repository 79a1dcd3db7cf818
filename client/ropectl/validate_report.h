// What validate prints: for people, for scripts, for CI systems.
#pragma once

#include <string>
#include <vector>

#include "client/ropectl/config_source.h"
#include "core/findings/finding.h"
#include "rope/v1/validation.pb.h"

namespace rope::ropectl {

// One configuration and what was said about it.
struct Judged {
  ConfigSource source;
  v1::ValidateConfigResponse response;
  std::vector<Finding> findings;
  int fixed = 0;  // fixes that were written before
};

// A verdict and the findings of each; for a single one also what is computed with. `color`: with
// the escape sequences of a terminal.
void PrintText(const std::vector<Judged>& judged, bool color);

// {"valid","findings","rope_parameters"}; for several an array of these with "file" in front.
void PrintJson(const std::vector<Judged>& judged, bool several);

// SARIF 2.1.0.
void PrintSarif(const std::vector<Judged>& judged);

}  // namespace rope::ropectl
