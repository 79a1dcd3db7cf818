// Kernels: the inner loops of ApplyRotary, one copy for each instruction set. All copies are made
// from the same source, rotate_rows.inl.h, and write the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/rotation/rotation.h"
#include "core/table/dtype.h"

namespace rope::rotation {

// Rows of one head, and the table rows that turn them. Strides are in elements. The four pointers
// of the table are aligned, unpadded and never overlap `out`; sines are negated for the inverse
// rotation.
struct Rows {
  const std::byte* in = nullptr;  // the first rotated channel of the first row
  std::byte* out = nullptr;       // the same channel; `in` itself, or memory that does not overlap
  int64_t in_stride = 0;          // from row to row
  int64_t out_stride = 0;
  int64_t rows = 0;
  // Input and output that follow these, to be fetched meanwhile; null if there are none.
  const std::byte* next_in = nullptr;
  const std::byte* next_out = nullptr;
  int64_t half_width = 0;            // pairs in a row
  const float* cos_first = nullptr;  // [rows, half_width], for the first channel of each pair
  const float* sin_first = nullptr;
  const float* cos_second = nullptr;  // the same for the second
  const float* sin_second = nullptr;
  int64_t table_stride = 0;
};

// Rotates the rows. REQUIRES in != out for Pairing::kDeinterleave. Cannot fail.
using RotateRowsFunction = void (*)(const Rows& rows);

// What distinguishes one loop from another.
struct Loop {
  DType dtype = DType::kFloat32;  // not kFloat64
  Pairing pairing = Pairing::kHalfSplit;
  bool rounds_each_step = false;  // to dtype, instead of once at the end
};

struct Kernel {
  absl::string_view name;  // "avx512", "avx2", "portable"
  // Whether this host can run it. Constant.
  bool (*supported)();
  // The loop, never null. To be called only if supported.
  RotateRowsFunction (*rotate_rows)(const Loop& loop);
};

// All kernels for this architecture, best first. The last one, "portable", runs everywhere.
absl::Span<const Kernel> AllKernels();

// The first kernel that this host supports.
const Kernel& BestKernel();

}  // namespace rope::rotation
