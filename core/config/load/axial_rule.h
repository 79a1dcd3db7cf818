// AxialRule: how a tower for images or videos divides its heads among the axes of its positions.
//
// Source: the rotary modules of transformers 5.24, one for each row of core/config/families.
#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"

namespace rope {

// How the lanes of the axes follow each other in a row. Axes are named in the order of positions.
enum class AxialOrder : uint8_t {
  kBlocks,          // 0 0 0 1 1 1
  kBlocksBackward,  // 1 1 1 0 0 0
  kInTurn,          // 0 1 0 1 0 1
  kInTurnBackward,  // 1 0 1 0 1 0
};

// Plain data.
struct AxialRule {
  // The members of the document that hold the channels of all heads and the number of heads. Their
  // quotient is the width of a head, unless a head_dim is given.
  absl::string_view width = "hidden_size";
  absl::string_view heads = "num_attention_heads";
  absl::string_view divisor = {};  // a member that divides the width first; empty: none
  int64_t axes = 2;                // each has the same frequencies
  AxialOrder order = AxialOrder::kBlocks;
  bool shared_progression = false;   // see Spectrum
  bool half_split_per_axis = false;  // see Spectrum
  bool interleaved_pairs = false;    // channels 2i and 2i + 1 are a pair
  bool positions_are_turns = false;  // see Spectrum
  bool reads_partial = false;        // each axis has partial_rotary_factor * head_dim channels
};

}  // namespace rope
