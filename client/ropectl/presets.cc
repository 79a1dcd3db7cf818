#include "core/presets/presets.h"

#include <cstdio>

#include "absl/strings/str_format.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/report.h"
#include "core/json/json_reader.h"
#include "proto/wire/validation.h"

namespace rope::ropectl {
namespace {

absl::StatusOr<v1::ListPresetsResponse> List(const Options& options) {
  if (!options.local) {
    return client::RopeClient::Connect(options.server).ListPresets(options.call_options());
  }
  v1::ListPresetsResponse response;
  for (const Preset& preset : AllPresets()) *response.add_presets() = wire::PresetToProto(preset);
  return response;
}

absl::StatusOr<v1::Preset> Get(const Options& options) {
  if (!options.local) {
    auto response =
        client::RopeClient::Connect(options.server).GetPreset(options.name, options.call_options());
    if (!response.ok()) return response.status();
    return std::move(*response->mutable_preset());
  }
  const Preset* preset = FindPreset(options.name);
  if (preset == nullptr) return UnknownPreset("name", options.name);
  return wire::PresetToProto(*preset);
}

void WriteJson(const v1::Preset& preset, JsonOutput* output) {
  output->writer().StartObject();
  output->Add("name", preset.name());
  output->Add("title", preset.title());
  output->Add("certainty", preset.certainty());
  output->Add("source", preset.source());
  output->writer().EndObject();
}

// A preset that is not there is the user's mistake, not the server's.
int Report(const Options& options, const absl::Status& status) {
  const int exit_code = ReportStatus(options.json, status, {});
  return status.code() == absl::StatusCode::kNotFound ? kUsage : exit_code;
}

int PrintList(const Options& options) {
  const auto response = List(options);
  if (!response.ok()) return Report(options, response.status());
  if (!options.json) {
    for (const v1::Preset& preset : response->presets()) {
      absl::PrintF("%-28s  %-10s  %s\n", preset.name(), preset.certainty(), preset.title());
    }
    return kFine;
  }
  JsonOutput output;
  output.writer().StartArray();
  for (const v1::Preset& preset : response->presets()) WriteJson(preset, &output);
  output.writer().EndArray();
  output.Print();
  return kFine;
}

}  // namespace

int RunPresets(const Options& options) {
  if (options.name.empty()) return PrintList(options);
  const auto preset = Get(options);
  if (!preset.ok()) return Report(options, preset.status());
  // The configuration alone, ready to be written to a file.
  const JsonResult document = ReadJson(preset->config_json());
  if (!document.ok()) {
    PrintError(options.json, "DATA_LOSS", document.error().message, {});
    return kTransport;
  }
  absl::PrintF("%s\n", WritePrettyJson(document->root));
  return kFine;
}

}  // namespace rope::ropectl
