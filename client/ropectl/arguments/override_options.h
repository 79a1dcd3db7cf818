// Options for what is given beside a configuration: frequencies, factors and a window.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/ropectl/arguments/option_groups.h"
#include "rope/v1/model_config.pb.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own name
class App;
}  // namespace CLI

namespace rope::ropectl {

// --inv-freq, --lane-scale, --window.
struct OverrideOptions {
  std::string inv_freq;         // a file for ReadNumberFile; empty: not given
  std::string lane_scale;       // the same
  std::vector<int64_t> window;  // offset and width; empty: not given
};

// `options` must outlive the parsing of the command line, which fills it.
void AddOverrideOptions(CLI::App* command, OverrideOptions* options);

// Reads the files and adds the override of `layer_type` to `config`, unless no option is given.
// NOT_FOUND if a file cannot be read, INVALID_ARGUMENT if it is no list of numbers.
absl::Status AddOverrides(const OverrideOptions& options, const std::string& layer_type,
                          v1::ModelConfig* config);

// ReadConfig, with AddOverrides. Fails as these do.
absl::StatusOr<v1::ModelConfig> ReadConfigWithOverrides(const ConfigOptions& config,
                                                        const OverrideOptions& overrides,
                                                        const std::string& layer_type);

}  // namespace rope::ropectl
