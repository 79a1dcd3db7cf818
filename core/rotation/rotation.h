// Rotation: how a model turns the channels of a head by a table of cos and sin.
//
// Two channels a and b form a pair, and the table holds a cos and a sin for each of the two:
//
//   a' = a cos_a - b sin_a
//   b' = b cos_b + a sin_b
//
// For a true rotation both channels of a pair have the same cos and sin. Some tables hold two
// different ones (HunYuan-VL reads two position axes), so each channel is given its own. Source:
// Su et al. 2021, "RoFormer", equation 34.
//
// Plain data.
#pragma once

#include <cstdint>

#include "core/table/layout.h"

namespace rope {

// Which channels of the window form pair i, of h pairs, and where the results are written.
enum class Pairing {
  kHalfSplit,    // i and h + i, in place (GPT-NeoX, Llama)
  kInterleaved,  // 2i and 2i + 1, in place (GPT-J, and everybody who multiplies complex numbers)
  kDeinterleave  // read from 2i and 2i + 1, written to i and h + i (DeepSeek-V3)
};

// When results are rounded to the tensor's dtype.
enum class Arithmetic {
  // As torch promotes dtypes. If tensor and table have the same dtype, each of the three steps (two
  // products and a sum) is rounded to it. If they differ, the steps are float32.
  kPromoted,
  // The steps are float32, and the result is rounded once, whatever the table's dtype is.
  kFloat32,
  // As torch multiplies complex numbers: kFloat32, but the last few pairs of a head may be computed
  // with a fused multiply-add (complex_tail.h). Interleaved pairs only.
  kComplex
};

struct Rotation {
  Pairing pairing = Pairing::kHalfSplit;
  Arithmetic arithmetic = Arithmetic::kPromoted;
  // Turns by the negative angle. That is the inverse rotation, except that a table with an
  // attention factor scales once more.
  bool inverse = false;
  // The first channel of the window that is rotated. The table says how wide the window is: two
  // channels for each frequency. All other channels are copied.
  int64_t offset = 0;
};

}  // namespace rope
