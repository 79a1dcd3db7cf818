// ropectl validate: what is wrong with configurations, and the fixes of what can be fixed.
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "client/ropectl/arguments/config_source.h"
#include "client/ropectl/arguments/option_groups.h"
#include "client/ropectl/arguments/override_options.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/output/error_report.h"
#include "client/ropectl/validate/fix.h"
#include "client/ropectl/validate/validate_report.h"
#include "core/presets/presets.h"
#include "core/validation/validate_config.h"
#include "proto/wire/config_json.h"
#include "proto/wire/convert.h"
#include "proto/wire/validation.h"

namespace rope::ropectl {
namespace {

constexpr char kNoPreset[] = "none";

struct ValidateCommandOptions {
  ServerOptions server;
  bool json = false;
  bool local = false;
  std::vector<std::string> configs;  // files, directories, "-", "preset:NAME"
  bool strict = false;
  OverrideOptions overrides;
  std::string layer_type;       // that of the overrides
  std::string preset = "auto";  // a preset to compare with, kGuessPreset or kNoPreset
  bool fix = false;
  bool dry_run = false;
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
  const auto validation =
      ValidateWithOverrides(*json, wire::OverridesFromProto(request.config()), options);
  if (!validation.ok()) return validation.status();
  return wire::ValidationToProto(*validation);
}

absl::StatusOr<ValidatedConfig> Validate(const ValidateCommandOptions& options,
                                         ConfigSource source) {
  v1::ValidateConfigRequest request;
  *request.mutable_config() = source.config;
  if (options.preset != kNoPreset) request.set_compare_preset(options.preset);
  auto response = options.local ? ValidateHere(request)
                                : options.server.Connect().ValidateConfig(
                                      request, options.server.call_options());
  if (!response.ok()) return response.status();
  ValidatedConfig validated{std::move(source), *std::move(response), {}, {}};
  for (const v1::Finding& finding : validated.response.findings()) {
    validated.findings.push_back(wire::FindingFromProto(finding));
  }
  return validated;
}

// Applies the fixes, writes the file unless this is a dry run, and validates the result.
absl::StatusOr<ValidatedConfig> Fix(const ValidateCommandOptions& options, ValidatedConfig config) {
  auto fixed = ApplyFixes(
      std::move(config), [&](ConfigSource source) { return Validate(options, std::move(source)); });
  if (!fixed.ok() || fixed->fixes.applied.empty() || options.dry_run) return fixed;
  absl::Status status = ReplaceText(fixed->source.name, fixed->source.text);
  if (!status.ok()) return status;
  return fixed;
}

std::string Environment(const char* name) {
  // No other thread changes the environment of this program.
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value != nullptr ? value : "";
}

// By default the output has color on a terminal only, and not if NO_COLOR is set
// (https://no-color.org).
bool UseColor(const ValidateCommandOptions& options) {
  if (options.color != "auto") return options.color == "always";
  const std::string terminal = Environment("TERM");
  return isatty(STDOUT_FILENO) == 1 && Environment("NO_COLOR").empty() && !terminal.empty() &&
         terminal != "dumb";
}

int Usage(const ValidateCommandOptions& options, absl::string_view message) {
  PrintError(options.json, "USAGE", message, {});
  return kUsage;
}

int Print(const ValidateCommandOptions& options, const std::vector<ValidatedConfig>& configs,
          const std::vector<UnreadableConfig>& unreadable, bool several) {
  const FixMode fix = !options.fix      ? FixMode::kNone
                      : options.dry_run ? FixMode::kDryRun
                                        : FixMode::kWrite;
  if (options.format == "sarif") {
    PrintSarif(configs, unreadable);
  } else if (options.json) {
    PrintJson(configs, unreadable, fix, several);
  } else {
    PrintText(configs, fix, UseColor(options));
  }
  const bool valid = std::all_of(configs.begin(), configs.end(),
                                 [](const ValidatedConfig& one) { return one.response.valid(); });
  if (!unreadable.empty()) return kUsage;
  return valid ? kFine : kBadConfig;
}

absl::StatusOr<ConfigSource> ReadSource(const ValidateCommandOptions& options,
                                        const std::string& name) {
  auto source = ReadConfig(name, options.strict);
  if (source.ok() && options.fix && (name == "-" || source->text.empty())) {
    return absl::InvalidArgumentError(absl::StrCat("--fix needs files, not ", name));
  }
  return source;
}

// Says on standard error, too, what is wrong with one of several files.
UnreadableConfig Unreadable(const std::string& name, const char* code, const absl::Status& status) {
  PrintError(/*json=*/false, code, status.message(), {});
  return {name, code, std::string(status.message())};
}

int RunValidate(const ValidateCommandOptions& options) {
  if (options.dry_run && !options.fix) return Usage(options, "--dry-run needs --fix");
  const auto names = ExpandDirectories(options.configs);
  if (!names.ok()) return Usage(options, names.status().message());
  v1::ModelConfig given;  // beside each of the configurations
  const absl::Status added = AddOverrides(options.overrides, options.layer_type, &given);
  if (!added.ok()) return Usage(options, added.message());
  std::vector<ValidatedConfig> configs;
  std::vector<UnreadableConfig> unreadable;
  for (const std::string& name : *names) {
    auto source = ReadSource(options, name);
    if (!source.ok()) {
      if (names->size() == 1) return Usage(options, source.status().message());
      // The other configurations are validated all the same.
      unreadable.push_back(Unreadable(name, "USAGE", source.status()));
      continue;
    }
    *source->config.mutable_overrides() = given.overrides();
    auto config = Validate(options, *std::move(source));
    if (!config.ok()) return ReportStatus(options.json, config.status(), {});
    if (options.fix) config = Fix(options, *std::move(config));
    if (!config.ok() && names->size() == 1) return ReportStatus(options.json, config.status(), {});
    if (!config.ok()) {
      unreadable.push_back(Unreadable(name, "IO", config.status()));
      continue;
    }
    configs.push_back(*std::move(config));
  }
  return Print(options, configs, unreadable, names->size() != 1 || *names != options.configs);
}

void AddReportOptions(CLI::App* line, ValidateCommandOptions* options) {
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
  const auto options = std::make_shared<ValidateCommandOptions>();
  CLI::App* line = app->add_subcommand(
      "validate", "What is wrong with configurations; exit code 1 if one is bad");
  AddServerOptions(line, &options->server);
  AddJsonOption(line, &options->json);
  AddLocalOption(line, &options->local);
  line->add_option(
          "configs,--config", options->configs,
          "config.json files, or names of presets; - reads standard input, a directory stands "
          "for every config.json and *.config.json below it")
      ->required();
  line->add_flag("--strict", options->strict, "Treat warnings as errors");
  line->add_option("--preset", options->preset,
                   "A preset to compare with. auto: the one of the same family and shape, if there "
                   "is one; none: do not compare")
      ->capture_default_str();
  line->add_flag(
      "--fix", options->fix,
      "Write the fixes that findings offer into the files, and validate the result. All else in "
      "a file keeps its bytes. A fix that would make a file worse is left out");
  line->add_flag("--dry-run", options->dry_run,
                 "With --fix: write nothing, print the difference that --fix would make");
  AddOverrideOptions(line, &options->overrides);
  line->add_option("--layer-type", options->layer_type,
                   "The layer type of --inv-freq, --lane-scale and --window");
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
            return RunValidate(*options);
          }};
}

}  // namespace rope::ropectl
