#include "client/ropectl/arguments/override_options.h"

#include <utility>

#include "CLI/CLI.hpp"
#include "client/files/number_file.h"
#include "client/ropectl/arguments/config_source.h"

namespace rope::ropectl {

void AddOverrideOptions(CLI::App* command, OverrideOptions* options) {
  command->add_option("--inv-freq", options->inv_freq,
                      "Frequencies in place of those that the rope type computes: an .npy file of "
                      "float32 or float64, or a JSON array");
  command->add_option("--lane-scale", options->lane_scale,
                      "One factor for each frequency, in such a file. For ggml's freq_factors give "
                      "1 / freq_factors");
  command
      ->add_option("--window", options->window,
                   "OFFSET,WIDTH: the first channel of a head that rotates, and how many do")
      ->delimiter(',')
      ->expected(2);
}

absl::Status AddOverrides(const OverrideOptions& options, const std::string& layer_type,
                          v1::ModelConfig* config) {
  if (options.inv_freq.empty() && options.lane_scale.empty() && options.window.empty()) {
    return absl::OkStatus();
  }
  v1::LayerOverride& given = (*config->mutable_overrides())[layer_type];
  if (!options.inv_freq.empty()) {
    const auto numbers = client::ReadNumberFile(options.inv_freq);
    if (!numbers.ok()) return numbers.status();
    given.mutable_inv_freq()->Add(numbers->begin(), numbers->end());
  }
  if (!options.lane_scale.empty()) {
    const auto numbers = client::ReadNumberFile(options.lane_scale);
    if (!numbers.ok()) return numbers.status();
    given.mutable_lane_scale()->Add(numbers->begin(), numbers->end());
  }
  if (!options.window.empty()) {
    given.mutable_window()->set_offset(options.window[0]);
    given.mutable_window()->set_width(options.window[1]);
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::ModelConfig> ReadConfigWithOverrides(const ConfigOptions& config,
                                                        const OverrideOptions& overrides,
                                                        const std::string& layer_type) {
  auto source = ReadConfig(config.config, config.strict);
  if (!source.ok()) return source.status();
  absl::Status status = AddOverrides(overrides, layer_type, &source->config);
  if (!status.ok()) return status;
  return std::move(source->config);
}

}  // namespace rope::ropectl
