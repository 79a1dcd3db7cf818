// Configurations that a command reads by itself, without a server.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/ropectl/arguments/option_groups.h"
#include "client/ropectl/arguments/override_options.h"
#include "core/config/report.h"
#include "core/dialects/dialects.h"
#include "core/findings/finding.h"
#include "rope/v1/model_config.pb.h"

namespace rope::ropectl {

// Reads and validates the configuration, with overrides of one layer type, as a server does.
// INVALID_ARGUMENT if a file cannot be read, if the preset does not exist or the overrides do not
// fit, and if the configuration is refused; then `findings` has all findings.
absl::StatusOr<ModelConfigReport> ReadLocalConfig(const ConfigOptions& options,
                                                  const OverrideOptions& overrides,
                                                  const std::string& layer_type,
                                                  std::vector<Finding>* findings);

// The same for a configuration that was read before.
absl::StatusOr<ModelConfigReport> ValidateLocally(const v1::ModelConfig& config,
                                                  std::vector<Finding>* findings);

// What the dialect of the configuration makes of it. INVALID_ARGUMENT if there is no such dialect,
// or if the configuration is not read.
absl::StatusOr<DialectReading> ReadByDialect(const v1::ModelConfig& config);

// Whether the dialect of the configuration, if it is another than transformers', refuses it or some
// of its layers. A server then answers INVALID_ARGUMENT without findings.
bool IsRefusedByDialect(const v1::ModelConfig& config);

// The layer type with that name, or the only one for "". INVALID_ARGUMENT, with the existing names,
// if there is no such layer type, if there are several, or if it has no rotary embedding.
absl::StatusOr<LayerTypeConfig> LayerOf(const ModelConfigReport& report,
                                        const std::string& layer_type);

// What plan and history are asked: one layer type of a configuration, at several lengths.
struct LengthsOptions {
  bool local = false;  // changes nothing: they never use a server
  bool json = false;
  ConfigOptions config;
  std::string layer_type;
  OverrideOptions overrides;  // of plan alone: a module of transformers takes none
  std::vector<int64_t> lengths;
};

// `options` must outlive the parsing of the command line. `help` says what the lengths are.
void AddLengthsOptions(CLI::App* command, const std::string& help, LengthsOptions* options);

// The layer type that the options name. Fails like ReadLocalConfig and LayerOf.
absl::StatusOr<LayerTypeConfig> ReadLayer(const LengthsOptions& options,
                                          std::vector<Finding>* findings);

}  // namespace rope::ropectl
