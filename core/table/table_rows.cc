#include "core/table/table_rows.h"

#include <array>

namespace rope {
namespace {

// Converts one tensor's half rows and arranges them. A row is converted once, then its elements are
// moved.
void WriteTensor(const TableForm& form, int64_t half_width, const float* half, int64_t rows,
                 std::byte* out) {
  const size_t element_size = DTypeSize(form.dtype);
  const int64_t row_bytes = RowBytes(form, half_width);
  alignas(64) std::array<std::byte, kMaxHalfWidth * sizeof(float)> converted;
  for (int64_t r = 0; r < rows; ++r) {
    const void* source = half + r * half_width;
    if (form.dtype != DType::kFloat32) {
      ConvertFromFloat32(form.dtype, half + r * half_width, half_width, converted.data());
      source = converted.data();
    }
    ArrangeRow(form.layout, source, half_width, element_size, out + r * row_bytes);
  }
}

}  // namespace

void WriteRows(const TableForm& form, int64_t half_width, const float* cos_half,
               const float* sin_half, int64_t first_row, int64_t rows, const TableRows& out) {
  const int64_t offset = first_row * RowBytes(form, half_width);
  WriteTensor(form, half_width, cos_half, rows, out.cos + offset);
  WriteTensor(form, half_width, sin_half, rows, out.sin + offset);
}

}  // namespace rope
