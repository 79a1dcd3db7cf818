// ropectl presets: the known models, or the configuration of one of them.
#include "core/presets/presets.h"

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/str_format.h"
#include "client/ropectl/arguments/option_groups.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/output/error_report.h"
#include "client/ropectl/output/visible_text.h"
#include "core/json/json_reader.h"
#include "proto/wire/validation.h"

namespace rope::ropectl {
namespace {

struct PresetsOptions {
  ServerOptions server;
  bool json = false;
  bool local = false;
  std::string name;  // empty: the list
};

absl::StatusOr<v1::ListPresetsResponse> List(const PresetsOptions& options) {
  if (!options.local)
    return Visible(options.server.Connect().ListPresets(options.server.call_options()));
  v1::ListPresetsResponse response;
  for (const Preset& preset : AllPresets()) *response.add_presets() = wire::PresetToProto(preset);
  return response;
}

absl::StatusOr<v1::Preset> Get(const PresetsOptions& options) {
  if (!options.local) {
    auto response =
        Visible(options.server.Connect().GetPreset(options.name, options.server.call_options()));
    if (!response.ok()) return response.status();
    return std::move(*response->mutable_preset());
  }
  const Preset* preset = FindPreset(options.name);
  if (preset == nullptr) return UnknownPreset("name", options.name);
  return wire::PresetToProto(*preset);
}

void WriteJson(const v1::Preset& preset, JsonOutput* json) {
  json->Object([&] {
    json->Member("name", preset.name());
    json->Member("title", preset.title());
    json->Member("certainty", preset.certainty());
    json->Member("source", preset.source());
  });
}

// Like ReportStatus, but returns kUsage for an unknown name, which is the user's mistake.
int Report(const PresetsOptions& options, const absl::Status& status) {
  const int exit_code = ReportStatus(options.json, status, {});
  return status.code() == absl::StatusCode::kNotFound ? kUsage : exit_code;
}

int PrintList(const PresetsOptions& options) {
  const auto response = List(options);
  if (!response.ok()) return Report(options, response.status());
  if (!options.json) {
    for (const v1::Preset& preset : response->presets()) {
      absl::PrintF("%-28s  %-10s  %s\n", preset.name(), preset.certainty(), preset.title());
    }
    return kFine;
  }
  JsonOutput json;
  json.ArrayOf(response->presets(),
               [&json](const v1::Preset& preset) { WriteJson(preset, &json); });
  json.Print();
  return kFine;
}

int RunPresets(const PresetsOptions& options) {
  if (options.name.empty()) return PrintList(options);
  const auto preset = Get(options);
  if (!preset.ok()) return Report(options, preset.status());
  // Only the configuration, so that the output can be written to a config.json.
  const JsonResult document = ReadJson(preset->config_json());
  if (!document.ok()) {
    PrintError(options.json, "DATA_LOSS", document.error().message, {});
    return kTransport;
  }
  absl::PrintF("%s\n", WritePrettyJson(document->root));
  return kFine;
}

}  // namespace

Command AddPresets(CLI::App* app) {
  const auto options = std::make_shared<PresetsOptions>();
  CLI::App* line =
      app->add_subcommand("presets", "Known models, or the configuration of one of them");
  AddServerOptions(line, &options->server);
  AddJsonOption(line, &options->json);
  AddLocalOption(line, &options->local);
  line->add_option("name", options->name, "A preset; without it the list of all");
  line->footer(
      "\nOther commands take a preset as --config NAME, or preset:NAME beside a file NAME.\n"
      "Example: ropectl presets llama-3.1-8b > config.json");
  return {line, [options] { return RunPresets(*options); }};
}

}  // namespace rope::ropectl
