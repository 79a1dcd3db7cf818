// ropectl history: what a transformers module holds after each of several calls.
#include <cstdio>
#include <memory>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_format.h"
#include "client/ropectl/arguments/local_config.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/output/error_report.h"
#include "core/sequences/module_frequencies.h"

namespace rope::ropectl {
namespace {

void PrintJson(const std::vector<ModuleFrequencies>& states) {
  JsonOutput json;
  json.ArrayOf(states, [&json](const ModuleFrequencies& state) {
    json.Object([&] {
      json.Member("length", state.length);
      json.Member("seq_len", state.seq_len);
      json.ArrayOf("inv_freq_bits", state.inv_freq,
                   [&json](float inv_freq) { json.Value(Bits(inv_freq)); });
      json.Member("attention_factor", state.attention_factor);
    });
  });
  json.Print();
}

void PrintText(const std::vector<ModuleFrequencies>& states) {
  absl::PrintF("%10s  %10s  %-16s  %s\n", "length", "seq_len", "attention_factor",
               "inv_freq, the first and the last");
  for (const ModuleFrequencies& state : states) {
    absl::PrintF("%10d  %10d  %-16.12g  %.9g ... %.9g\n", state.length, state.seq_len,
                 state.attention_factor, state.inv_freq.front(), state.inv_freq.back());
  }
}

int RunHistory(const LengthsOptions& options) {
  std::vector<Finding> findings;
  const auto layer = ReadLayer(options, &findings);
  if (!layer.ok()) return ReportStatus(options.json, layer.status(), findings);
  const auto states = ReplayModule(*layer->config, options.lengths);
  if (!states.ok()) return ReportStatus(options.json, states.status(), {});
  options.json ? PrintJson(*states) : PrintText(*states);
  return kFine;
}

}  // namespace

Command AddHistory(CLI::App* app) {
  const auto options = std::make_shared<LengthsOptions>();
  CLI::App* line =
      app->add_subcommand("history", "What a transformers module holds after several calls");
  AddLengthsOptions(line, "The calls in their order: the largest position of each, plus 1",
                    options.get());
  line->footer(
      "\nNeeds no server, so --local changes nothing. The module was just loaded before the first\n"
      "call. seq_len is the length that chose its frequencies: ask for a table with it, and the "
      "table\n"
      "is that of the module. It differs from the call's length for type dynamic only.\n"
      "Example: ropectl history --config config.json --lengths 1,5000,100");
  return {line, [options] { return RunHistory(*options); }};
}

}  // namespace rope::ropectl
