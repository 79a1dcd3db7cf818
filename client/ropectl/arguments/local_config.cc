#include "client/ropectl/arguments/local_config.h"

#include <algorithm>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/validation/validate_config.h"
#include "proto/wire/config_json.h"

namespace rope::ropectl {

absl::StatusOr<ModelConfigReport> ReadLocalConfig(const ConfigOptions& options,
                                                  const OverrideOptions& overrides,
                                                  const std::string& layer_type,
                                                  std::vector<Finding>* findings) {
  const auto config = ReadConfigWithOverrides(options, overrides, layer_type);
  if (!config.ok()) return absl::InvalidArgumentError(config.status().message());
  auto report = ValidateLocally(*config, findings);
  if (report.ok()) return report;
  return absl::InvalidArgumentError(absl::StrCat(options.config, ": ", report.status().message()));
}

absl::StatusOr<ModelConfigReport> ValidateLocally(const v1::ModelConfig& config,
                                                  std::vector<Finding>* findings) {
  const auto json = wire::ConfigJsonFromProto(config);
  if (!json.ok()) return json.status();
  ValidateOptions validate;
  validate.strict = config.strict();
  auto validation = ValidateWithOverrides(*json, wire::OverridesFromProto(config), validate);
  if (!validation.ok()) return validation.status();
  if (validation->report.valid()) return std::move(validation->report);
  *findings = std::move(validation->report.findings);
  return absl::InvalidArgumentError("the configuration is refused");
}

absl::StatusOr<DialectReading> ReadByDialect(const v1::ModelConfig& config) {
  std::string note;
  const auto dialect = FindDialect(config.dialect(), &note);
  if (!dialect.ok()) return dialect.status();
  const auto text = wire::ConfigJsonFromProto(config);
  if (!text.ok()) return text.status();
  return ReadWithDialect(**dialect, ReadJson(*text));
}

bool IsRefusedByDialect(const v1::ModelConfig& config) {
  std::string note;
  const auto dialect = FindDialect(config.dialect(), &note);
  if (!dialect.ok() || (*dialect)->name == kDefaultDialect) return false;
  const auto reading = ReadByDialect(config);
  if (!reading.ok()) return true;
  return std::any_of(reading->layers.begin(), reading->layers.end(),
                     [](const DialectLayer& layer) { return !layer.rope.ok(); });
}

absl::StatusOr<LayerTypeConfig> LayerOf(const ModelConfigReport& report,
                                        const std::string& layer_type) {
  const LayerTypeConfig* layer = report.Find(layer_type);
  if (layer != nullptr && layer->config.has_value()) return *layer;
  if (layer != nullptr) {
    return absl::InvalidArgumentError("these layers have no rotary embedding");
  }
  if (report.layer_types.size() == 1 && report.layer_types.front().layer_type.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--layer-type must not be given: the model has one parameter set for all ",
                     "layers, not \"", layer_type, "\""));
  }
  const std::string names =
      absl::StrJoin(report.layer_types, ", ", [](std::string* out, const LayerTypeConfig& one) {
        absl::StrAppend(out, "\"", one.layer_type, "\"",
                        one.config.has_value() ? "" : " (no rotary embedding)");
      });
  return absl::InvalidArgumentError(
      absl::StrCat("--layer-type must be one of ", names, ", not \"", layer_type, "\""));
}

void AddLengthsOptions(CLI::App* command, const std::string& help, LengthsOptions* options) {
  AddLocalOption(command, &options->local);
  AddJsonOption(command, &options->json);
  AddConfigOptions(command, &options->config);
  command->add_option("--layer-type", options->layer_type, "Layer type, if the model has several");
  command->add_option("--lengths", options->lengths, help)->delimiter(',')->required();
}

absl::StatusOr<LayerTypeConfig> ReadLayer(const LengthsOptions& options,
                                          std::vector<Finding>* findings) {
  const auto report =
      ReadLocalConfig(options.config, options.overrides, options.layer_type, findings);
  if (!report.ok()) return report.status();
  return LayerOf(*report, options.layer_type);
}

}  // namespace rope::ropectl
