// The commands. Each prints its answer and returns the exit code.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "client/ropectl/options.h"

namespace rope::ropectl {

int RunInfo(const Options& options);
int RunValidate(const Options& options);
int RunFreqs(const Options& options);
int RunTable(const Options& options);

// The text of --config.
absl::StatusOr<std::string> ReadConfig(const std::string& file);

}  // namespace rope::ropectl
