// ropectl explain: what the codes of findings mean.
#include <cstdio>
#include <memory>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/ropectl/arguments/option_groups.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/explain/findings_page.h"
#include "client/ropectl/output/error_report.h"
#include "core/findings/finding_table.h"
#include "core/validation/validate_config.h"

namespace rope::ropectl {
namespace {

struct ExplainOptions {
  bool json = false;
  bool local = false;  // needs no server anyway
  std::string code;    // empty: all codes
};

struct Example {
  std::string config;  // empty: there is none
  Finding finding;     // what validation says about it; without a code: nothing of this kind
};

// The example in the section of the finding, and what this program says about it.
Example ExampleOf(const FindingInfo& info) {
  absl::string_view page = FindingsPage();
  const size_t section = page.find(absl::StrCat("### ", info.code, ":"));
  if (section == absl::string_view::npos) return {};
  page.remove_prefix(section);
  page = page.substr(0, page.find("\n### "));
  const size_t open = page.find("```json\n");
  if (open == absl::string_view::npos) return {};
  page.remove_prefix(open + 8);
  Example example;
  example.config = std::string(page.substr(0, page.find("\n```")));
  for (const Finding& finding : ValidateConfig(example.config).report.findings) {
    if (finding.code == info.code && example.finding.code.empty()) example.finding = finding;
  }
  return example;
}

void PrintText(const FindingInfo& info) {
  absl::PrintF("%s (%s): %s\n  If ignored: %s\n", info.code, SeverityName(info.severity),
               info.title, info.consequence);
  if (info.beyond_transformers) {
    absl::PrintF("  transformers may load such a configuration and compute without a message.\n");
  }
  const Example example = ExampleOf(info);
  if (example.config.empty()) return;
  absl::PrintF("\nExample:\n%s\n", example.config);
  if (example.finding.code.empty()) return;
  absl::PrintF("What is said about it:\n  %s: %s\n", example.finding.path, example.finding.message);
  if (!example.finding.fix.empty()) absl::PrintF("Its fix: %s\n", example.finding.fix);
}

void WriteJson(const FindingInfo& info, JsonOutput* json) {
  json->Object([&] {
    json->Member("code", info.code);
    json->Member("severity", SeverityName(info.severity));
    json->Member("title", info.title);
    json->Member("consequence", info.consequence);
    json->Member("beyond_transformers", info.beyond_transformers);
    const Example example = ExampleOf(info);
    json->Member("example", example.config);
    json->Json("example_fix", example.finding.fix.empty() ? "null" : example.finding.fix);
  });
}

int ExplainAll(const ExplainOptions& options) {
  if (!options.json) {
    for (const FindingInfo& info : AllFindings()) {
      absl::PrintF("%s  %-7s  %s\n", info.code, SeverityName(info.severity), info.title);
    }
    return kFine;
  }
  JsonOutput json;
  json.ArrayOf(AllFindings(), [&json](const FindingInfo& info) { WriteJson(info, &json); });
  json.Print();
  return kFine;
}

int RunExplain(const ExplainOptions& options) {
  if (options.code.empty()) return ExplainAll(options);
  const std::string code = absl::AsciiStrToUpper(options.code);
  const FindingInfo* info = FindFinding(code);
  if (info == nullptr) info = FindFinding(absl::StrCat("ROPE-", code));
  if (info == nullptr) {
    PrintError(
        options.json, "USAGE",
        absl::StrCat("no finding has the code ", options.code, "; `ropectl explain` lists all"),
        {});
    return kUsage;
  }
  if (options.json) {
    JsonOutput json;
    WriteJson(*info, &json);
    json.Print();
  } else {
    PrintText(*info);
  }
  return kFine;
}

}  // namespace

Command AddExplain(CLI::App* app) {
  const auto options = std::make_shared<ExplainOptions>();
  CLI::App* line =
      app->add_subcommand("explain", "What the code of a finding means; needs no server");
  line->add_option("code", options->code, "A code, like ROPE-E012 or E012; without it all codes");
  AddJsonOption(line, &options->json);
  AddLocalOption(line, &options->local);
  line->footer("\nExample: ropectl explain ROPE-W115");
  return {line, [options] { return RunExplain(*options); }};
}

}  // namespace rope::ropectl
