// Which layers with attention rotate their queries and keys: the functions that
// Family::mark_rotated points to.
//
// Each follows the attention class of its families in transformers. `rotated` has one entry per
// layer, all true at the call; `layer_types` may be shorter. A function keeps true for the layers
// that its comment names, and sets all other entries to false.
#pragma once

#include <string>
#include <vector>

#include "core/config/load/loading_state.h"

namespace rope {

// The layers whose entry of no_rope_layers is true. The families that use it complete that list
// when they fill layer_types.
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

// All layers; none if the attribute alibi is true, because the attention then adds a bias for the
// distance instead of rotating (Falcon).
void MarkUnlessAlibi(const LoadingState& state, const std::vector<std::string>& layer_types,
                     std::vector<bool>* rotated);

}  // namespace rope
