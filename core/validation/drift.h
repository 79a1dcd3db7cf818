// Drift: how the results of a configuration differ from those of the preset of its model.
//
// Results are compared, not spelling: the frequencies and the attention factor of each layer type,
// at load time and at the longest length that either configuration states.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace rope {

// A parameter that differs. Both values are JSON; "null" if a configuration does not have it.
struct DriftedValue {
  std::string name;
  std::string value;
  std::string preset_value;
};

// How the parameters of one layer type differ from the preset's.
struct LayerDrift {
  std::string layer_type;
  std::string path;  // of the parameters in the configuration, as LayerTypeConfig::path
  std::vector<DriftedValue> values;
  int64_t frequencies = 0;     // how many the configuration or the preset has, whichever has more
  std::set<int64_t> moved;     // indices of the frequencies that differ from the preset's
  double largest_ratio = 1.0;  // of a frequency to the preset's or the other way round; >= 1
  int64_t length = 0;          // the longest length that either states, in positions
  double angle = 0.0;          // largest difference of an angle at position length - 1, in radians
  double attention_factor = 1.0;
  double preset_attention_factor = 1.0;

  // Whether the tables of this layer type differ.
  bool moves() const { return !moved.empty() || attention_factor != preset_attention_factor; }
};

struct Drift {
  std::string preset;    // its name
  bool guessed = false;  // the preset was not named, but is the nearest one
  std::string recipe;    // the preset whose documented long-context recipe this is; "" if none
  std::vector<LayerDrift> layers;  // one for each layer type that both have and that rotates
};

}  // namespace rope
