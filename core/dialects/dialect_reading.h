// DialectReading: what a dialect makes of a whole configuration.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/dialects/engine_rope.h"

namespace rope {

// The layers of one type.
struct DialectLayer {
  std::string layer_type;  // "" if all layers have the same parameters
  // Not ok: why the engine computes nothing for these layers, or why that is not known.
  absl::StatusOr<EngineRope> rope;
  // False: what the engine does with these layers was not recorded, and `rope` is not ok.
  bool is_known = true;
};

// Plain data.
struct DialectReading {
  std::string family;           // the model_type whose loading rules were used
  std::string text_model_path;  // the part of the document that was read; "" is all of it
  // In the order of the model's parameter sets. Never empty.
  std::vector<DialectLayer> layers;
  // Whether the engine's own code was never recorded with this model_type. The reading then follows
  // what the engine does with most models, and a note of each layer says so.
  bool is_guess = false;

  // The layer of that type; null if there is none. "" asks for the only layer.
  const DialectLayer* Find(absl::string_view layer_type) const;
};

}  // namespace rope
