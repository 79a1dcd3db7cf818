// ComputedChanges: what two texts of one configuration compute differently.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace rope {

// Something that is computed from a configuration, and differs in another text of it.
struct ComputedChange {
  std::string layer_type;  // "" if all layers use one parameter set
  // "layers", "layers_without_rope", "head_dim", "rotary_dim", "max_position_embeddings",
  // "attention_factor", or "inv_freq[2]", the first frequency that differs
  std::string name;
  std::string before;  // as JSON; "" if there was none
  std::string after;

  friend bool operator==(const ComputedChange&, const ComputedChange&) = default;
};

// Compares the layers of each layer type, the lengths and widths that are stated, and the plans
// (see MakeFrequencyPlan) of both numeric profiles: bit by bit, as when the model is loaded and at
// the sequence lengths at which the frequencies of either text may change. Parameters are not
// compared: a factor that is written down where it was implied changes nothing.
//
// Empty if nothing differs. Also empty if one of the two texts does not compute, because there is
// then nothing to compare. Both are read as if warnings were allowed. Pure and thread-safe.
std::vector<ComputedChange> ComputedChanges(absl::string_view before, absl::string_view after);

}  // namespace rope
