// Drift: how a configuration computes otherwise than the preset of the model it is of.
//
// What is compared is what is computed with, not how it is written: the frequencies and the
// attention factor of each layer type, at load time and at the longest stated length. A longer
// context by the recipe that the model's authors document is no drift.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/config/model_config.h"
#include "core/json/json_reader.h"
#include "core/presets/presets.h"

namespace rope {

// A parameter that differs, both values as JSON; "null" where there is none.
struct DriftedValue {
  std::string name;
  std::string value;
  std::string preset_value;
};

struct LayerDrift {
  std::string layer_type;
  std::string path;  // of the parameters in the configuration, as LayerTypeConfig::path
  std::vector<DriftedValue> values;
  int64_t frequencies = 0;     // of the configuration or the preset, whichever has more
  std::set<int64_t> moved;     // numbers of those that are not the preset's, bit for bit
  double largest_ratio = 1.0;  // of a frequency to the preset's, as a number >= 1
  int64_t length = 0;          // the longest length stated by either
  double angle = 0.0;          // largest difference of an angle at position length - 1, radians
  double attention_factor = 1.0;
  double preset_attention_factor = 1.0;

  // Whether tables differ.
  bool moves() const { return !moved.empty() || attention_factor != preset_attention_factor; }
};

struct Drift {
  std::string preset;
  bool guessed = false;
  std::string recipe;  // the preset whose documented recipe this is; "" where it is none
  std::vector<LayerDrift> layers;  // one per layer type that both have with a rotary embedding
};

// Absent where the two have no layer type in common. REQUIRES report.valid().
std::optional<Drift> CompareWith(const Preset& preset, const ModelConfigReport& report);

// The same with the preset of equal model_type and shape that differs least; absent where there is
// none, or several are as near and the configuration is none of them. `json` is the text of
// `report`.
std::optional<Drift> GuessDrift(absl::string_view json, const JsonLimits& limits,
                                const ModelConfigReport& report);

// "rope_type linear, not default; 64 of 64 frequencies move, by up to 8x; ...".
std::string Describe(const LayerDrift& layer);

}  // namespace rope
