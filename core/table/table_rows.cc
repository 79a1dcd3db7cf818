#include "core/table/table_rows.h"

#include <array>

#include "absl/strings/str_cat.h"

namespace rope {
namespace {

// Room for half a row of any dtype.
using HalfRow = std::array<std::byte, kMaxHalfWidth * sizeof(double)>;

// The half row in the form's dtype. A float32 half row is returned unchanged; for other dtypes it
// is converted into `room`.
const void* Converted(const TableForm& form, const float* half, int64_t half_width, HalfRow* room) {
  if (form.dtype == DType::kFloat32) return half;
  ConvertFromFloat32(form.dtype, half, half_width, room->data());
  return room->data();
}

}  // namespace

absl::Status CheckForm(const TableForm& form, NumericProfile profile) {
  if (form.dtype == DType::kFloat64 && profile != NumericProfile::kExact) {
    return absl::InvalidArgumentError(
        absl::StrCat("dtype must be float32, float16 or bfloat16 with profile ",
                     NumericProfileName(profile), ", not float64, which needs profile exact"));
  }
  if (form.layout == Layout::kComplex && form.dtype != DType::kFloat32) {
    return absl::InvalidArgumentError(
        absl::StrCat("dtype must be float32 with layout complex, not ", DTypeName(form.dtype),
                     "; layout pairs has the same numbers in every dtype"));
  }
  return absl::OkStatus();
}

void WriteRows(const TableForm& form, int64_t half_width, const float* cos_half,
               const float* sin_half, int64_t first_row, int64_t rows, const TableRows& out) {
  const int64_t row_bytes = RowBytes(form, half_width);
  alignas(64) HalfRow cos_room;
  alignas(64) HalfRow sin_room;
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t offset = (first_row + r) * row_bytes;
    ArrangeRow(form.layout, Converted(form, cos_half + r * half_width, half_width, &cos_room),
               Converted(form, sin_half + r * half_width, half_width, &sin_room), half_width,
               DTypeSize(form.dtype), out.cos + offset,
               IsJoined(form.layout) ? nullptr : out.sin + offset);
  }
}

void WriteRow(Layout layout, int64_t half_width, const double* cos_half, const double* sin_half,
              int64_t row, const TableRows& out) {
  const int64_t offset = row * RowBytes({DType::kFloat64, layout}, half_width);
  ArrangeRow(layout, cos_half, sin_half, half_width, sizeof(double), out.cos + offset,
             IsJoined(layout) ? nullptr : out.sin + offset);
}

}  // namespace rope
