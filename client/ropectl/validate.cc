#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/config_source.h"
#include "client/ropectl/report.h"
#include "client/ropectl/validate_report.h"
#include "core/json/json_reader.h"
#include "core/json/merge_patch.h"
#include "proto/wire/config_json.h"
#include "proto/wire/convert.h"
#include "proto/wire/validation.h"

namespace rope::ropectl {
namespace {

absl::StatusOr<v1::ValidateConfigResponse> ValidateHere(const v1::ValidateConfigRequest& request) {
  const auto json = wire::ConfigJsonFromProto(request.config());
  if (!json.ok()) return json.status();
  ValidateOptions options;
  options.strict = request.config().strict();
  options.preset = request.compare_preset();
  const bool named = !options.preset.empty() && options.preset != kGuessPreset;
  if (named && FindPreset(options.preset) == nullptr) {
    return UnknownPreset("--preset", options.preset);
  }
  return wire::ValidationToProto(ValidateConfig(*json, options));
}

absl::StatusOr<Judged> Judge(const Options& options, ConfigSource source) {
  v1::ValidateConfigRequest request;
  *request.mutable_config() = source.config;
  if (options.preset != "none") request.set_compare_preset(options.preset);
  auto response = options.local ? ValidateHere(request)
                                : client::RopeClient::Connect(options.server)
                                      .ValidateConfig(request, options.call_options());
  if (!response.ok()) return response.status();
  Judged judged{std::move(source), *std::move(response), {}, 0};
  for (const v1::Finding& finding : judged.response.findings()) {
    judged.findings.push_back(wire::FindingFromProto(finding));
  }
  return judged;
}

// The document with every fix its findings offer; their number in `fixes`.
std::string FixedText(const Judged& judged, int* fixes) {
  const JsonResult document = ReadJson(judged.source.text);
  if (!document.ok()) return judged.source.text;
  JsonValue fixed = document->root;
  for (const Finding& finding : judged.findings) {
    if (finding.fix.empty()) continue;
    const JsonResult patch = ReadJson(finding.fix);
    if (!patch.ok()) continue;
    fixed = ApplyMergePatch(std::move(fixed), patch->root);
    ++*fixes;
  }
  return WritePrettyJson(fixed) + "\n";
}

// Writes beside the file and renames, so that no reader ever sees half of it.
absl::Status WriteText(const std::string& file, const std::string& text) {
  const std::string partial = absl::StrCat(file, ".partial");
  std::ofstream stream(partial, std::ios::binary);
  stream << text;
  stream.close();
  if (stream && std::rename(partial.c_str(), file.c_str()) == 0) return absl::OkStatus();
  std::remove(partial.c_str());
  return absl::UnavailableError(absl::StrCat("cannot write ", file));
}

absl::StatusOr<Judged> Fix(const Options& options, Judged judged) {
  int fixes = 0;
  const std::string text = FixedText(judged, &fixes);
  if (fixes == 0) return judged;
  if (absl::Status status = WriteText(judged.source.name, text); !status.ok()) return status;
  auto source = ReadConfig(judged.source.name, options.strict);
  if (!source.ok()) return source.status();
  auto again = Judge(options, *std::move(source));
  if (again.ok()) again->fixed = fixes;
  return again;
}

std::string Environment(const char* name) {
  // Nobody changes the environment of this program.
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value != nullptr ? value : "";
}

// https://no-color.org
bool UseColor(const Options& options) {
  if (options.color != "auto") return options.color == "always";
  const std::string terminal = Environment("TERM");
  return isatty(STDOUT_FILENO) == 1 && Environment("NO_COLOR").empty() && !terminal.empty() &&
         terminal != "dumb";
}

int Usage(const Options& options, absl::string_view message) {
  PrintError(options.json, "USAGE", message, {});
  return kUsage;
}

int Print(const Options& options, const std::vector<Judged>& judged, bool several) {
  if (options.format == "sarif") {
    PrintSarif(judged);
  } else if (options.json) {
    PrintJson(judged, several);
  } else {
    PrintText(judged, UseColor(options));
  }
  const bool valid = std::all_of(judged.begin(), judged.end(),
                                 [](const Judged& one) { return one.response.valid(); });
  return valid ? kFine : kBadConfig;
}

}  // namespace

int RunValidate(const Options& options) {
  const auto names = ExpandDirectories(options.configs);
  if (!names.ok()) return Usage(options, names.status().message());
  std::vector<Judged> judged;
  for (const std::string& name : *names) {
    auto source = ReadConfig(name, options.strict);
    if (!source.ok()) return Usage(options, source.status().message());
    if (options.fix && (name == "-" || source->text.empty())) {
      return Usage(options, absl::StrCat("--fix needs files, not ", name));
    }
    auto one = Judge(options, *std::move(source));
    if (one.ok() && options.fix) one = Fix(options, *std::move(one));
    if (!one.ok()) return ReportStatus(options.json, one.status(), {});
    judged.push_back(*std::move(one));
  }
  return Print(options, judged, names->size() != 1 || *names != options.configs);
}

}  // namespace rope::ropectl
