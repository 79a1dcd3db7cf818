// Configurations that a command reads by itself, without a server.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/ropectl/arguments/option_groups.h"
#include "core/config/report.h"
#include "core/findings/finding.h"
#include "rope/v1/model_config.pb.h"

namespace rope::ropectl {

// Reads and validates the configuration as a server does. INVALID_ARGUMENT if the file cannot be
// read or the preset does not exist, and if the configuration is refused; then `findings` has all
// findings.
absl::StatusOr<ModelConfigReport> ReadLocalConfig(const ConfigOptions& options,
                                                  std::vector<Finding>* findings);

// The same for a configuration that was read before.
absl::StatusOr<ModelConfigReport> ValidateLocally(const v1::ModelConfig& config,
                                                  std::vector<Finding>* findings);

// The layer type with that name, or the only one for "". INVALID_ARGUMENT, with the existing names,
// if there is no such layer type, if there are several, or if it has no rotary embedding.
absl::StatusOr<LayerTypeConfig> LayerOf(const ModelConfigReport& report,
                                        const std::string& layer_type);

}  // namespace rope::ropectl
