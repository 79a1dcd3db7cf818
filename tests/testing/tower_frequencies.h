// What transformers' module of a vision tower holds, to compare it with ours.
#pragma once

#include <cstddef>
#include <vector>

#include "core/config/report.h"

namespace rope::testing {

// A tower keeps one list of frequencies, which every axis has. `inv_freq` is ours, for all lanes.
// Other models hold what we have.
inline std::vector<float> OfOneAxis(const LayerTypeConfig& layer,
                                    const std::vector<float>& inv_freq) {
  if (!layer.config->spectrum.has_value()) return inv_freq;
  std::vector<float> of_axis;
  for (size_t i = 0; i < inv_freq.size(); ++i) {
    const bool is_first = layer.axes.of_frequency[i] == layer.axes.of_frequency[0];
    if (is_first || layer.config->spectrum->shared_progression) of_axis.push_back(inv_freq[i]);
  }
  return of_axis;
}

}  // namespace rope::testing
