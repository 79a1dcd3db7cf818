// ropectl: see --help.
#include "client/ropectl/commands.h"
#include "client/ropectl/options.h"

int main(int argc, char** argv) {
  using rope::ropectl::CommandLine;
  const CommandLine command_line = rope::ropectl::ParseCommandLine(argc, argv);
  if (command_line.exit_code.has_value()) return *command_line.exit_code;
  const rope::ropectl::Options& options = command_line.options;
  if (options.command == "info") return RunInfo(options);
  if (options.command == "validate") return RunValidate(options);
  if (options.command == "freqs") return RunFreqs(options);
  if (options.command == "presets") return RunPresets(options);
  if (options.command == "explain") return RunExplain(options);
  if (options.command == "warm") return RunWarm(options);
  if (options.command == "bench") return RunBench(options);
  return RunTable(options);
}
