// ApplyRotary: turns queries or keys by a table of cos and sin, with the roundings of the model's
// own function, so that the result has its bits.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "core/rotation/head_tensor.h"
#include "core/rotation/rotation.h"
#include "core/table/dtype.h"
#include "core/table/layout.h"

namespace rope {

// A view of a table's tensors, which somebody else owns. Row s of batch b starts batch_stride * b +
// row_stride * s elements behind `cos` and `sin`, and is arranged as `layout` says (layout.h). Rows
// may be longer than the layout needs. Joined layouts have one tensor, `cos`.
struct RotaryTable {
  DType dtype = DType::kFloat32;  // kFloat32, kFloat16 or kBFloat16
  Layout layout = Layout::kHalfSplit;
  const void* cos = nullptr;  // aligned to the element
  const void* sin = nullptr;
  int64_t half_width = 0;    // frequencies in a row: 1 to kMaxHalfWidth
  int64_t batch_stride = 0;  // in elements; 0: all sequences of a batch share the rows
  int64_t row_stride = 0;    // in elements
};

// Writes the rotated `in` to `out`. Row s of the table turns all heads at sequence index s.
//
// Every step is rounded to nearest even in the format that `rotation.arithmetic` says. The bits are
// the same on every host, and those of torch on a CPU. Torch's kComplex depends on how its vectors
// divide the numbers; this function follows torch for contiguous tensors and AVX2.
//
// `out` is either the same memory as `in` with the same strides, or does not overlap it. The table
// never overlaps `out`.
//
// INVALID_ARGUMENT, with the name of what is wrong, if the two tensors differ in dtype or shape, a
// size is negative, a dtype is float64, the window leaves the head, half_width is out of range, or
// pairs for kComplex are not interleaved; `out` is then untouched. The caller answers for pointers
// and strides. Uses only the calling thread. Thread-safe for different `out`.
absl::Status ApplyRotary(const Rotation& rotation, const RotaryTable& table, const HeadTensor& in,
                         const MutableHeadTensor& out);

// Which rows of longer sequences the tensors of a call hold: rows first, first + 1, ... of `total`.
struct SequencePart {
  int64_t first = 0;
  int64_t total = 0;
};

// The same for a part of the sequences; row 0 of the table belongs to row `part.first`. The bits
// are those of a call for the whole sequences, which matters for kComplex only.
absl::Status ApplyRotary(const Rotation& rotation, const RotaryTable& table, const HeadTensor& in,
                         const MutableHeadTensor& out, const SequencePart& part);

}  // namespace rope
