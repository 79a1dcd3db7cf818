// LayerHeadDims: what per_layer_config says about the width of heads.
//
// Plain data.
#pragma once

#include <string>

#include "absl/container/flat_hash_map.h"
#include "core/json/json_value.h"

namespace rope {

struct LayerHeadDims {
  struct OfType {
    const JsonValue* value = nullptr;  // null: the layers of this type have the model's head_dim
    bool differ = false;               // two layers of this type have different ones
  };
  absl::flat_hash_map<std::string, OfType> by_layer_type;  // empty if no layer has its own
  bool differ_from_model = false;  // a layer has another head_dim than the model
};

}  // namespace rope
