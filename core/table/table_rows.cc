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

// Where the sin values are in the row of the tensor that has them, in elements.
struct SinPlaces {
  int64_t first;
  int64_t step;
};

SinPlaces PlacesOfSin(Layout layout, int64_t half_width) {
  if (layout == Layout::kPacked) return {half_width, 1};
  return IsJoined(layout) ? SinPlaces{1, 2} : SinPlaces{0, 1};
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

void NegateSinOfRow(const TableForm& form, int64_t half_width, int64_t row, const TableRows& out) {
  const SinPlaces places = PlacesOfSin(form.layout, half_width);
  const auto size = static_cast<int64_t>(DTypeSize(form.dtype));
  std::byte* const tensor = IsJoined(form.layout) ? out.cos : out.sin;
  std::byte* const begin = tensor + row * RowBytes(form, half_width);
  // All dtypes are little-endian with the sign in the highest bit.
  if (form.layout == Layout::kMatrices) {
    for (int64_t i = 0; i < RowWidth(form.layout, half_width); i += 4) {
      begin[(i + 2) * size - 1] ^= std::byte{0x80};
      begin[(i + 3) * size - 1] ^= std::byte{0x80};
    }
    return;
  }
  for (int64_t i = places.first; i < RowWidth(form.layout, half_width); i += places.step) {
    begin[(i + 1) * size - 1] ^= std::byte{0x80};
  }
}

}  // namespace rope
