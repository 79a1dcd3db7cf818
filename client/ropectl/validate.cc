// ropectl validate: what is wrong with configurations, and the fixes of what can be fixed.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "client/ropectl/arguments/config_source.h"
#include "client/ropectl/arguments/option_groups.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/output/error_report.h"
#include "client/ropectl/validate_report.h"
#include "core/json/json_reader.h"
#include "core/json/merge_patch.h"
#include "core/presets/presets.h"
#include "core/validation/validate_config.h"
#include "proto/wire/config_json.h"
#include "proto/wire/convert.h"
#include "proto/wire/validation.h"

namespace rope::ropectl {
namespace {

constexpr char kNoPreset[] = "none";

struct Options {
  ServerOptions server;
  bool json = false;
  bool local = false;
  std::vector<std::string> configs;  // files, directories, "-", "preset:NAME"
  bool strict = false;
  std::string preset = "auto";  // a preset to compare with, kGuessPreset or kNoPreset
  bool fix = false;
  std::string format = "text";  // "text", "json" or "sarif"
  std::string color = "auto";   // "auto", "always" or "never"
};

// What the server does for ValidateConfig.
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

absl::StatusOr<ValidatedConfig> Validate(const Options& options, ConfigSource source) {
  v1::ValidateConfigRequest request;
  *request.mutable_config() = source.config;
  if (options.preset != kNoPreset) request.set_compare_preset(options.preset);
  auto response = options.local ? ValidateHere(request)
                                : options.server.Connect().ValidateConfig(
                                      request, options.server.call_options());
  if (!response.ok()) return response.status();
  ValidatedConfig validated{std::move(source), *std::move(response), {}, 0};
  for (const v1::Finding& finding : validated.response.findings()) {
    validated.findings.push_back(wire::FindingFromProto(finding));
  }
  return validated;
}

// The document with all fixes of its findings applied, one after another. Adds their number to
// `fixes`.
std::string FixedText(const ValidatedConfig& config, int* fixes) {
  const JsonResult document = ReadJson(config.source.text);
  if (!document.ok()) return config.source.text;
  JsonValue fixed = document->root;
  for (const Finding& finding : config.findings) {
    if (finding.fix.empty()) continue;
    const JsonResult patch = ReadJson(finding.fix);
    if (!patch.ok()) continue;
    fixed = ApplyMergePatch(std::move(fixed), patch->root);
    ++*fixes;
  }
  return WritePrettyJson(fixed) + "\n";
}

// Writes another file beside `file` and renames it, so that no reader sees half of the text.
absl::Status WriteText(const std::string& file, const std::string& text) {
  const std::string partial = absl::StrCat(file, ".partial");
  std::ofstream stream(partial, std::ios::binary);
  stream << text;
  stream.close();
  if (stream && std::rename(partial.c_str(), file.c_str()) == 0) return absl::OkStatus();
  std::remove(partial.c_str());
  return absl::UnavailableError(absl::StrCat("cannot write ", file));
}

// Writes the fixes into the file, if there are any, and validates the result.
absl::StatusOr<ValidatedConfig> Fix(const Options& options, ValidatedConfig config) {
  int fixes = 0;
  const std::string text = FixedText(config, &fixes);
  if (fixes == 0) return config;
  if (absl::Status status = WriteText(config.source.name, text); !status.ok()) return status;
  auto source = ReadConfig(config.source.name, options.strict);
  if (!source.ok()) return source.status();
  auto fixed = Validate(options, *std::move(source));
  if (fixed.ok()) fixed->fixed = fixes;
  return fixed;
}

std::string Environment(const char* name) {
  // No other thread changes the environment of this program.
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value != nullptr ? value : "";
}

// By default the output has color on a terminal only, and not if NO_COLOR is set
// (https://no-color.org).
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

int Print(const Options& options, const std::vector<ValidatedConfig>& configs, bool several) {
  if (options.format == "sarif") {
    PrintSarif(configs);
  } else if (options.json) {
    PrintJson(configs, several);
  } else {
    PrintText(configs, UseColor(options));
  }
  const bool valid = std::all_of(configs.begin(), configs.end(),
                                 [](const ValidatedConfig& one) { return one.response.valid(); });
  return valid ? kFine : kBadConfig;
}

int Run(const Options& options) {
  const auto names = ExpandDirectories(options.configs);
  if (!names.ok()) return Usage(options, names.status().message());
  std::vector<ValidatedConfig> configs;
  for (const std::string& name : *names) {
    auto source = ReadConfig(name, options.strict);
    if (!source.ok()) return Usage(options, source.status().message());
    if (options.fix && (name == "-" || source->text.empty())) {
      return Usage(options, absl::StrCat("--fix needs files, not ", name));
    }
    auto config = Validate(options, *std::move(source));
    if (config.ok() && options.fix) config = Fix(options, *std::move(config));
    if (!config.ok()) return ReportStatus(options.json, config.status(), {});
    configs.push_back(*std::move(config));
  }
  return Print(options, configs, names->size() != 1 || *names != options.configs);
}

void AddReportOptions(CLI::App* line, Options* options) {
  line->add_option("--format", options->format,
                   "text, json (the same as --json), or sarif for CI systems")
      ->check(CLI::IsMember({"text", "json", "sarif"}))
      ->capture_default_str();
  line->add_option("--color", options->color,
                   "Colours. auto: on a terminal, unless NO_COLOR is set")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
}

}  // namespace

Command AddValidate(CLI::App* app) {
  const auto options = std::make_shared<Options>();
  CLI::App* line = app->add_subcommand(
      "validate", "What is wrong with configurations; exit code 1 if one is bad");
  AddServerOptions(line, &options->server);
  AddJsonOption(line, &options->json);
  AddLocalOption(line, &options->local);
  line->add_option("configs,--config", options->configs,
                   "config.json files; - reads standard input, preset:NAME is a known model, a "
                   "directory stands for every config.json and *.config.json below it")
      ->required();
  line->add_flag("--strict", options->strict, "Treat warnings as errors");
  line->add_option("--preset", options->preset,
                   "A preset to compare with. auto: the one of the same family and shape, if there "
                   "is one; none: do not compare")
      ->capture_default_str();
  line->add_flag(
      "--fix", options->fix,
      "Write the fixes that findings offer into the files (indented by 2), then validate "
      "them");
  AddReportOptions(line, options.get());
  line->footer(
      "\nPrints whether each configuration is valid, then every finding with its place in the "
      "file,\n"
      "as compilers do. For a single file it also prints every value that is computed with, and\n"
      "where the value comes from.\n"
      "Example: ropectl validate config.json\n"
      "         ropectl validate --local --format sarif models/ > findings.sarif");
  return {line, [options] {
            if (options->json) options->format = "json";
            options->json = options->format == "json";
            return Run(*options);
          }};
}

}  // namespace rope::ropectl
