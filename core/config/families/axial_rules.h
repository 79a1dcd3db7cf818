// The ways in which towers divide their heads among axes, for the rows of the table of families.
#pragma once

#include "core/config/load/axial_rule.h"

namespace rope {

// Qwen2-VL and most others: row, column, and both again.
inline constexpr AxialRule kRowsThenColumns = {};
inline constexpr AxialRule kRowsThenColumnsNumHeads = {.heads = "num_heads"};
inline constexpr AxialRule kQwen2VlVision = {.width = "embed_dim", .heads = "num_heads"};
// Step 3.7.
inline constexpr AxialRule kColumnsThenRows = {.order = AxialOrder::kBlocksBackward};
// Inkling 2, and Llama 4.
inline constexpr AxialRule kColumnsThenRowsInPairs = {.order = AxialOrder::kBlocksBackward,
                                                      .interleaved_pairs = true};
inline constexpr AxialRule kKimiVision = {.order = AxialOrder::kInTurnBackward};
inline constexpr AxialRule kPixtralVision = {.shared_progression = true};
inline constexpr AxialRule kGemma4Vision = {.half_split_per_axis = true};
// MiniMax-M3: frame, row and column. What is left of a head does not rotate.
inline constexpr AxialRule kFramesRowsColumns = {.axes = 3};
// The memory attention of SAM 2 and its kin.
inline constexpr AxialRule kSamMemory = {.width = "memory_attention_hidden_size",
                                         .heads = "memory_attention_num_attention_heads",
                                         .divisor = "memory_attention_downsample_rate",
                                         .interleaved_pairs = true};
inline constexpr AxialRule kBlocksInPairs = {.interleaved_pairs = true};
// DINOv3: coordinates from -1 to 1, as turns.
inline constexpr AxialRule kDinov3 = {.positions_are_turns = true};
inline constexpr AxialRule kEfficientLoftr = {
    .order = AxialOrder::kInTurn, .interleaved_pairs = true, .reads_partial = true};

}  // namespace rope
