// ropectl: the command line of the service; see `ropectl --help`.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/files/partial_file.h"
#include "client/ropectl/arguments/nearest_name.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/output/error_report.h"

namespace rope::ropectl {
namespace {

constexpr char kDescription[] =
    "ropectl computes rotary position embeddings for a model's config.json, and says what is wrong "
    "with one.";
constexpr char kFooter[] =
    "\nvalidate, freqs, table and presets ask a rope_server, or do without one with --local. Only "
    "info,\nwarm and bench always need one.\n"
    "Exit codes: 0 fine, 1 the configuration is bad, 2 usage, 3 server or transport.\n"
    "Example: is this configuration right, and what are its tables?\n"
    "  ropectl validate --local config.json\n"
    "  ropectl table --local --config config.json --positions 0:8192 --out tables.npz\n"
    "\"ropectl COMMAND --help\" says more about each command.";

bool HasFlag(int argc, char** argv, const char* flag) {
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], flag) == 0) return true;
  }
  return false;
}

// What is wrong with the first command or option that does not exist; empty if all exist. CLI11
// says that something is missing before it says that something is unknown.
std::string UnknownName(const CLI::App& app, int argc, char** argv) {
  const absl::string_view first = argv[1];
  const CLI::App* line = nullptr;
  std::vector<std::string> names;
  for (const CLI::App* one : app.get_subcommands({})) {
    names.push_back(one->get_name());
    if (first == one->get_name()) line = one;
  }
  if (line == nullptr) {
    if (absl::StartsWith(first, "-")) return "";
    return absl::StrCat("there is no command ", first, NearestNameHint(first, names));
  }
  names.clear();
  for (const CLI::Option* option : line->get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back(absl::StrCat("--", name));
  }
  for (int i = 2; i < argc; ++i) {
    const std::string given(absl::string_view(argv[i]).substr(0, std::strcspn(argv[i], "=")));
    if (given == "--") break;  // what follows is no option
    if (!absl::StartsWith(given, "--")) continue;
    if (std::find(names.begin(), names.end(), given) != names.end()) continue;
    return absl::StrCat(first, " has no option ", given, NearestNameHint(given, names));
  }
  return "";
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

// Removes unfinished files when a signal ends the program. One thread waits for the signals, so
// nothing runs in a signal handler. Signals that the caller ignores (nohup) stay ignored.
void EndCleanlyOnSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action = {};
    if (sigaction(signal, nullptr, &action) == 0 && action.sa_handler != SIG_IGN) {
      sigaddset(&signals, signal);
    }
  }
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::thread([signals] {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0) return;
    client::PartialFile::RemoveAll();
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
    raise(signal);  // the caller sees which signal it was
  }).detach();
}

// The exit code, after what was printed has left the program: a full disk is an error.
int Flushed(int code) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  PrintError(/*json=*/false, "IO", "cannot write to standard output", {});
  return code == kFine ? kTransport : code;
}

int Main(int argc, char** argv) {
  EndCleanlyOnSignals();
  CLI::App app{kDescription, "ropectl"};
  app.footer(kFooter);
  app.set_version_flag("--version", "ropectl " ROPE_VERSION);
  app.require_subcommand(1);
  const Command commands[] = {
      AddInfo(&app),      AddValidate(&app), AddFreqs(&app),       AddTable(&app),
      AddPositions(&app), AddPlan(&app),     AddHistory(&app),     AddApply(&app),
      AddPresets(&app),   AddExplain(&app),  AddWarm(&app),        AddBench(&app),
      AddDiff(&app),      AddFamilies(&app), AddCompletions(&app), AddPlot(&app)};
  if (argc < 2) {
    std::fputs(app.help().c_str(), stdout);
    return kUsage;
  }
  const std::string unknown = UnknownName(app, argc, argv);
  if (!unknown.empty()) {
    PrintError(HasFlag(argc, argv, "--json"), "USAGE", unknown, {});
    return kUsage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return EndParsing(app, error, argc, argv);
  }
  for (const Command& command : commands) {
    if (command.line->parsed()) return Flushed(command.run());
  }
  return kUsage;
}

}  // namespace
}  // namespace rope::ropectl

int main(int argc, char** argv) { return rope::ropectl::Main(argc, argv); }
