// LayerVariants: one parameter set of which a family makes several, each for some of its layers.
//
// Plain data.
#pragma once

#include <string>
#include <vector>

#include "core/json/json_value.h"

namespace rope {

struct LayerVariant {
  std::string name;       // found in a report as the layer type
  JsonValue rope_theta;   // replaces that of the parameter set; null: nothing is replaced
  bool is_scaled = true;  // false: rope type "default" replaces that of the parameter set
};

struct LayerVariants {
  std::vector<LayerVariant> variants;
  // For each layer an index of `variants`, or -1 if the layer has no rotary embedding.
  std::vector<int> of_layer;
};

}  // namespace rope
