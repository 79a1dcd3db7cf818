// The form of a table and the buffers its rows are written to.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "core/table/dtype.h"
#include "core/table/layout.h"
#include "core/table/numeric_profile.h"

namespace rope {

// Most frequencies a table can have: rotary_dim up to 4096.
inline constexpr int64_t kMaxHalfWidth = 2048;

// How a table's elements are stored. Two tables of one plan and one form are equal byte for byte.
struct TableForm {
  DType dtype = DType::kFloat32;
  Layout layout = Layout::kHalfSplit;
  bool negate_sin = false;  // sin is that of the inverse rotation

  friend bool operator==(const TableForm& a, const TableForm& b) = default;
};

// How many tensors a table of this form has: cos and sin, or one that holds both.
inline int64_t TensorCount(const TableForm& form) { return IsJoined(form.layout) ? 1 : 2; }

// INVALID_ARGUMENT for a dtype that the profile cannot have (float64 is for `exact`) and a layout
// that the dtype cannot have (complex numbers are of float32).
absl::Status CheckForm(const TableForm& form, NumericProfile profile);

// Bytes of one row of each tensor.
inline int64_t RowBytes(const TableForm& form, int64_t half_width) {
  return RowWidth(form.layout, half_width) * static_cast<int64_t>(DTypeSize(form.dtype));
}

// Destination of consecutive rows: row r begins at cos + r * RowBytes, sin + r * RowBytes. The one
// tensor of a joined layout is written to `cos`, and `sin` is not used. Not owned. Both are aligned
// to 64 bytes or more where speed matters; correctness needs the element's alignment.
struct TableRows {
  std::byte* cos = nullptr;
  std::byte* sin = nullptr;
};

// REQUIRES half_width <= kMaxHalfWidth. Converts and arranges half rows (float32 [rows,
// half_width], row-major, unpadded, sin negated already where the form wants that) into `out`,
// beginning at row `first_row` of it.
void WriteRows(const TableForm& form, int64_t half_width, const float* cos_half,
               const float* sin_half, int64_t first_row, int64_t rows, const TableRows& out);

// The same for one row of float64.
void WriteRow(Layout layout, int64_t half_width, const double* cos_half, const double* sin_half,
              int64_t row, const TableRows& out);

}  // namespace rope
