// PositionAxes: which of several position axes each frequency of a model reads.
//
// A model for images and videos gives a token one position on each of several axes: time, height
// and width in most families (M-RoPE). Each frequency turns by the position on one of them. For
// text all axes have the same position, and the table is that of a model with one axis.
//
// Sources: the rotary classes of transformers 5.24, function recomposition_frequencies; Qwen2-VL
// (arXiv 2409.12191) for the idea.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"

namespace rope {

// How a family divides the frequencies 0, 1, ... n - 1 among the axes by its mrope_section, s.
enum class AxisOrder : uint8_t {
  kOneAxis,
  // Runs of s[0], s[1], ... frequencies; run k reads axis k mod 3 (Qwen2-VL, GLM-4V).
  kRuns,
  // Frequency i reads axis 1 if i mod 3 = 1 and i < 3 s[1], axis 2 if i mod 3 = 2 and i < 3 s[2],
  // and otherwise axis 0 (Qwen3-VL). s[0] is never read.
  kInTurn,
  // Of the first s[0] + s[1] frequencies, even ones read axis 1 and odd ones axis 2; the last s[2]
  // read axis 0 (ERNIE-4.5-VL). s[0] must equal s[1].
  kPairsThenTime,
  // The 2n channels of a row in half-split order are runs of 2 s[0], 2 s[1], ... channels; run k
  // reads axis k (HunYuan-VL). The two channels of one pair may read different axes.
  kRunsOfChannels,
  // There are two axes and no sections: even frequencies read axis 0, the row, and odd ones axis 1,
  // the column (NeoMME).
  kRowsAndColumns,
};

// Plain data.
struct PositionAxes {
  int64_t count = 1;  // 1 to 4
  // The axis of each frequency, in [0, count). Empty if count is 1, and if `problem` is not empty.
  std::vector<uint8_t> of_frequency;
  // The same for the second channel of each pair. Empty: the same axes.
  std::vector<uint8_t> of_second_channel;
  // Whether the model pairs channels 2i and 2i + 1. False: i and i + n.
  bool interleaved_pairs = false;
  // Whether positions of one axis are allowed and stand for equal positions on all axes, as those
  // of text. False: a table needs positions on every axis.
  bool equal_without_axes = true;
  // Whether layout half_split repeats the frequencies of each axis by themselves (Gemma 4). Each
  // axis then has a run of frequencies.
  bool half_split_per_axis = false;
  // Why tables of several axes cannot be computed, as a sentence with the key and what it must be.
  // Empty: they can.
  std::string problem;
};

// The axes of a parameter set with `frequencies` (>= 1) frequencies. `sections` are its
// mrope_section, or the default of the class; empty if there are none. Pure.
PositionAxes MakePositionAxes(AxisOrder order, absl::Span<const int64_t> sections,
                              int64_t frequencies);

}  // namespace rope
