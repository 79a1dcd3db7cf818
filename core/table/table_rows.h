// The form of a table and the buffers its rows are written to.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/table/dtype.h"
#include "core/table/layout.h"

namespace rope {

// Most frequencies a table can have: rotary_dim up to 4096.
inline constexpr int64_t kMaxHalfWidth = 2048;

// How a table's elements are stored. Two tables of one plan and one form are equal byte for byte.
struct TableForm {
  DType dtype = DType::kFloat32;
  Layout layout = Layout::kHalfSplit;

  friend bool operator==(const TableForm& a, const TableForm& b) {
    return a.dtype == b.dtype && a.layout == b.layout;
  }
};

// Bytes of one row of cos (and of sin).
inline int64_t RowBytes(const TableForm& form, int64_t half_width) {
  return RowWidth(form.layout, half_width) * static_cast<int64_t>(DTypeSize(form.dtype));
}

// Destination of consecutive rows: row r begins at cos + r * RowBytes, sin + r * RowBytes. Not
// owned. Both are aligned to 64 bytes or more where speed matters; correctness needs the element's
// alignment.
struct TableRows {
  std::byte* cos = nullptr;
  std::byte* sin = nullptr;
};

// REQUIRES half_width <= kMaxHalfWidth. Converts and arranges half rows (float32 [rows,
// half_width], row-major, unpadded) into `out`, beginning at row `first_row` of it. This is the
// only place where dtype and layout meet.
void WriteRows(const TableForm& form, int64_t half_width, const float* cos_half,
               const float* sin_half, int64_t first_row, int64_t rows, const TableRows& out);

}  // namespace rope
