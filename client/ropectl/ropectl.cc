// ropectl: the command line of the service; see `ropectl --help`.
#include <cstring>

#include "CLI/CLI.hpp"
#include "client/ropectl/commands.h"
#include "client/ropectl/output/error_report.h"

namespace rope::ropectl {
namespace {

constexpr char kDescription[] =
    "ropectl computes rotary position embeddings for a model's config.json, with a rope_server.";
constexpr char kFooter[] =
    "\nExit codes: 0 fine, 1 the configuration is bad, 2 usage, 3 server or transport.\n"
    "Example: is this configuration right, and what are its tables?\n"
    "  ropectl validate config.json\n"
    "  ropectl table --config config.json --positions 0:8192 --out tables.npz\n"
    "\"ropectl COMMAND --help\" says more about each command.";

bool HasFlag(int argc, char** argv, const char* flag) {
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], flag) == 0) return true;
  }
  return false;
}

// CLI11 ends --help, --version and mistakes with an exception.
int EndParsing(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  if (error.get_exit_code() == 0) {
    app.exit(error);
    return kFine;
  }
  // A script that asked for JSON gets JSON for its mistakes too.
  if (HasFlag(argc, argv, "--json")) {
    PrintError(/*json=*/true, "USAGE", error.what(), {});
  } else {
    app.exit(error);
  }
  return kUsage;
}

int Main(int argc, char** argv) {
  CLI::App app{kDescription, "ropectl"};
  app.footer(kFooter);
  app.set_version_flag("--version", "ropectl " ROPE_VERSION);
  app.require_subcommand(1);
  const Command commands[] = {
      AddInfo(&app), AddValidate(&app), AddFreqs(&app), AddTable(&app),   AddPositions(&app),
      AddPlan(&app), AddHistory(&app),  AddApply(&app), AddPresets(&app), AddExplain(&app),
      AddWarm(&app), AddBench(&app),    AddDiff(&app)};
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return EndParsing(app, error, argc, argv);
  }
  for (const Command& command : commands) {
    if (command.line->parsed()) return command.run();
  }
  return kUsage;
}

}  // namespace
}  // namespace rope::ropectl

int main(int argc, char** argv) { return rope::ropectl::Main(argc, argv); }
