// Which layers of a model use which set of rope parameters, and which have no rotary embedding.
#pragma once

#include <string>
#include <vector>

#include "core/config/load/loading_state.h"
#include "core/config/model_config.h"

namespace rope {

// Fills `layers` of every set in the report and `layers_without_rope`. Nothing is filled where the
// number of layers is unknown, or beyond kMaxHiddenLayers.
void AssignLayers(const LoadingState& state, ModelConfigReport* report);

// Rules of families: which layers with attention rotate their queries and keys. `rotated` has one
// entry per layer, true to begin with; `layer_types` may be shorter.
void MarkListed(const LoadingState& state, const std::vector<std::string>& layer_types,
                std::vector<bool>* rotated);  // those that no_rope_layers says
void MarkSliding(const LoadingState& state, const std::vector<std::string>& layer_types,
                 std::vector<bool>* rotated);  // sliding_attention
void MarkWindowed(const LoadingState& state, const std::vector<std::string>& layer_types,
                  std::vector<bool>* rotated);  // the same; without a window none
void MarkUnlessGlobal(const LoadingState& state, const std::vector<std::string>& layer_types,
                      std::vector<bool>* rotated);  // the same; without a window all
void MarkAttention(const LoadingState& state, const std::vector<std::string>& layer_types,
                   std::vector<bool>* rotated);  // attn_layer_indices

}  // namespace rope
