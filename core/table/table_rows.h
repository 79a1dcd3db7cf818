// The form of a table, and the memory that its rows are written to. All functions are thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "core/table/dtype.h"
#include "core/table/layout.h"
#include "core/table/numeric_profile.h"

namespace rope {

// The maximum number of frequencies of a table: half of the maximum head_dim, 4096.
inline constexpr int64_t kMaxHalfWidth = 2048;

// How a table's elements are stored. Two tables of the same plan, positions and form are equal byte
// for byte.
struct TableForm {
  DType dtype = DType::kFloat32;
  Layout layout = Layout::kHalfSplit;
  bool negate_sin = false;  // true: -sin in place of sin, for the inverse rotation

  friend bool operator==(const TableForm& a, const TableForm& b) = default;
};

// The number of tensors of a table: 2 (cos and sin), or 1 that holds both.
inline int64_t TensorCount(const TableForm& form) { return IsJoined(form.layout) ? 1 : 2; }

// OK if the form has tables in this profile. INVALID_ARGUMENT if the profile has none of the dtype
// (float64 needs profile `exact`), or if the layout cannot have the dtype (kComplex needs float32).
absl::Status CheckForm(const TableForm& form, NumericProfile profile);

// Bytes of one row of each tensor, without padding.
inline int64_t RowBytes(const TableForm& form, int64_t half_width) {
  return RowWidth(form.layout, half_width) * static_cast<int64_t>(DTypeSize(form.dtype));
}

// Where consecutive rows are written: row r starts at cos + r * RowBytes and at sin + r * RowBytes.
// A joined layout writes its one tensor to `cos` and does not use `sin`. The memory is not owned.
// Alignment to the element is enough for correct results; alignment to 64 bytes makes it faster.
struct TableRows {
  std::byte* cos = nullptr;
  std::byte* sin = nullptr;
};

// Converts half rows of float32 to the form's dtype, arranges them, and writes them to rows
// [first_row, first_row + rows) of `out`. TableForm::negate_sin is ignored: the caller has negated
// sin.
//   cos_half, sin_half  [rows, half_width], row-major, unpadded
// REQUIRES 1 <= half_width <= kMaxHalfWidth and a dtype other than float64. Cannot fail.
void WriteRows(const TableForm& form, int64_t half_width, const float* cos_half,
               const float* sin_half, int64_t first_row, int64_t rows, const TableRows& out);

// The same for one row of float64: writes the half rows, [half_width] each, to row `row` of `out`.
// Cannot fail.
void WriteRow(Layout layout, int64_t half_width, const double* cos_half, const double* sin_half,
              int64_t row, const TableRows& out);

// Negates every sin in row `row` of `out`, including zeros. cos stays unchanged. Cannot fail.
void NegateSinOfRow(const TableForm& form, int64_t half_width, int64_t row, const TableRows& out);

}  // namespace rope
