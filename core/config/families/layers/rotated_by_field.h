// Which layers rotate, for families in which a field of the configuration says so. As in
// families/rotated_layers.h: the functions that Family::mark_rotated points to.
#pragma once

#include <string>
#include <vector>

#include "core/config/load/loading_state.h"

namespace rope {

// No layer, unless position_embedding_type is "rotary" (ESM), or position_embeddings_type is
// (conformers). The defaults are others.
void MarkIfRotary(const LoadingState& state, const std::vector<std::string>& layer_types,
                  std::vector<bool>* rotated);
// No layer, unless position_embedding_type is "rope".
void MarkIfRope(const LoadingState& state, const std::vector<std::string>& layer_types,
                std::vector<bool>* rotated);
// No layer, unless use_mem_rope is true (Zamba-2).
void MarkIfMemRope(const LoadingState& state, const std::vector<std::string>& layer_types,
                   std::vector<bool>* rotated);
// No layer if use_rotary_embedding is false (CLVP).
void MarkUnlessOff(const LoadingState& state, const std::vector<std::string>& layer_types,
                   std::vector<bool>* rotated);
// Cohere-2-MoE: the layers of type sliding_attention if there is a window, and dense layers if
// prefix_dense_sliding_window_pattern is 1.
void MarkCohere2Moe(const LoadingState& state, const std::vector<std::string>& layer_types,
                    std::vector<bool>* rotated);
// The layers whose entry of layer_rope_theta is not 0. Without that list: all but every 4th,
// counted back from the last.
void MarkMuse(const LoadingState& state, const std::vector<std::string>& layer_types,
              std::vector<bool>* rotated);

}  // namespace rope
