// Which layers with attention rotate their queries and keys: the functions that
// Family::mark_rotated points to.
//
// Each follows the attention class of its families in transformers. `rotated` has one entry per
// layer, all true at the call; `layer_types` may be shorter. A function keeps true for the layers
// that its comment names, and sets all other entries to false.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/config/load/loading_state.h"

namespace rope {

// The layers that LayersWithRope gives for the attribute no_rope_layers, and all layers beyond the
// end of its result.
void MarkListed(const LoadingState& state, const std::vector<std::string>& layer_types,
                std::vector<bool>* rotated);
// The layers of type sliding_attention.
void MarkSliding(const LoadingState& state, const std::vector<std::string>& layer_types,
                 std::vector<bool>* rotated);
// The same; no layer if sliding_window is null.
void MarkSlidingOrNone(const LoadingState& state, const std::vector<std::string>& layer_types,
                       std::vector<bool>* rotated);
// The same; all layers if sliding_window is null.
void MarkSlidingOrAll(const LoadingState& state, const std::vector<std::string>& layer_types,
                      std::vector<bool>* rotated);
// The layers that attn_layer_indices names.
void MarkAttention(const LoadingState& state, const std::vector<std::string>& layer_types,
                   std::vector<bool>* rotated);

// Whether each of `layers` layers has a rotary embedding. If `no_rope_layers` is a list that is not
// empty, its entries decide: despite the name, 1 stands for a layer with a rotary embedding and 0
// for one without. The result is then as long as that list. Otherwise every `interval`-th layer has
// none, and the result has at most kMaxHiddenLayers entries.
std::vector<bool> LayersWithRope(const JsonValue* no_rope_layers, int64_t interval, int64_t layers);

}  // namespace rope
