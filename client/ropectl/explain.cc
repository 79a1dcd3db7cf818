#include <cstdio>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/report.h"
#include "core/findings/finding_table.h"

namespace rope::ropectl {
namespace {

void PrintText(const FindingInfo& info) {
  absl::PrintF("%s (%s): %s\n  If ignored: %s\n", info.code, SeverityName(info.severity),
               info.title, info.consequence);
  if (info.beyond_transformers) {
    absl::PrintF("  transformers may load and compute such a configuration without a word.\n");
  }
  absl::PrintF("  An example is in docs/findings.md.\n");
}

void WriteJson(const FindingInfo& info, JsonOutput* output) {
  output->writer().StartObject();
  output->Add("code", info.code);
  output->Add("severity", SeverityName(info.severity));
  output->Add("title", info.title);
  output->Add("consequence", info.consequence);
  output->writer().Key("beyond_transformers");
  output->writer().Bool(info.beyond_transformers);
  output->writer().EndObject();
}

int ExplainAll(const Options& options) {
  if (!options.json) {
    for (const FindingInfo& info : AllFindings()) {
      absl::PrintF("%s  %-7s  %s\n", info.code, SeverityName(info.severity), info.title);
    }
    return kFine;
  }
  JsonOutput output;
  output.writer().StartArray();
  for (const FindingInfo& info : AllFindings()) WriteJson(info, &output);
  output.writer().EndArray();
  output.Print();
  return kFine;
}

}  // namespace

int RunExplain(const Options& options) {
  if (options.name.empty()) return ExplainAll(options);
  const FindingInfo* info = FindFinding(absl::AsciiStrToUpper(options.name));
  if (info == nullptr) {
    PrintError(options.json, "USAGE",
               absl::StrCat("there is no code ", options.name, "; ropectl explain lists all"), {});
    return kUsage;
  }
  if (options.json) {
    JsonOutput output;
    WriteJson(*info, &output);
    output.Print();
  } else {
    PrintText(*info);
  }
  return kFine;
}

}  // namespace rope::ropectl
