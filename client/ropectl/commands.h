// The commands. Each prints its answer and returns the exit code.
#pragma once

#include "client/ropectl/options.h"

namespace rope::ropectl {

int RunInfo(const Options& options);
int RunValidate(const Options& options);
int RunFreqs(const Options& options);
int RunTable(const Options& options);
int RunPresets(const Options& options);
int RunExplain(const Options& options);
int RunWarm(const Options& options);
int RunBench(const Options& options);

}  // namespace rope::ropectl
