// The commands of ropectl, one file each.
#pragma once

#include <functional>

namespace CLI {
class App;
}  // namespace CLI

namespace rope::ropectl {

struct Command {
  // Holds the flags and, after parsing, whether the user chose this command. The application owns
  // it.
  CLI::App* line;
  // Does the work, prints the answer or the error, and returns the exit code. To be called once,
  // after the command line was parsed.
  std::function<int()> run;
};

// Each registers its command and flags with `app`, which must outlive the result.
Command AddInfo(CLI::App* app);
Command AddValidate(CLI::App* app);
Command AddFreqs(CLI::App* app);
Command AddTable(CLI::App* app);
Command AddPositions(CLI::App* app);
Command AddApply(CLI::App* app);
Command AddPresets(CLI::App* app);
Command AddExplain(CLI::App* app);
Command AddWarm(CLI::App* app);
Command AddBench(CLI::App* app);
Command AddPlan(CLI::App* app);
Command AddHistory(CLI::App* app);
Command AddDiff(CLI::App* app);
Command AddFamilies(CLI::App* app);
Command AddCompletions(CLI::App* app);
Command AddPlot(CLI::App* app);

}  // namespace rope::ropectl
