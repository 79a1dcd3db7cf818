#include "core/rotation/table_columns.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "core/rotation/element_values.h"

namespace rope::rotation {
namespace {

// 16 KiB of float32, half of the smallest first cache in use.
constexpr int64_t kValuesInCache = 4096;

// Where a layout has the values of frequency i: elements from, from + step, from + 2 step, ....
struct Column {
  bool in_sin_tensor = false;
  int64_t from = 0;
  int64_t step = 1;
};

struct Columns {
  Column cos_first;
  Column sin_first;
  Column cos_second;
  Column sin_second;
};

// h: the number of frequencies in a row.
Columns ColumnsOf(Layout layout, int64_t h) {
  switch (layout) {
    case Layout::kHalfSplit:
      return {{false, 0, 1}, {true, 0, 1}, {false, h, 1}, {true, h, 1}};
    case Layout::kInterleaved:
      return {{false, 0, 2}, {true, 0, 2}, {false, 1, 2}, {true, 1, 2}};
    case Layout::kPacked:
      return {{false, 0, 1}, {false, h, 1}, {false, 0, 1}, {false, h, 1}};
    case Layout::kPairs:
    case Layout::kComplex:
      return {{false, 0, 2}, {false, 1, 2}, {false, 0, 2}, {false, 1, 2}};
    case Layout::kMatrices:
      return {{false, 0, 4}, {false, 2, 4}, {false, 0, 4}, {false, 2, 4}};
    case Layout::kCompact:
      break;
  }
  return {{false, 0, 1}, {true, 0, 1}, {false, 0, 1}, {true, 0, 1}};
}

bool HasTwoValues(Layout layout) {
  return layout == Layout::kHalfSplit || layout == Layout::kInterleaved;
}

template <DType dtype>
void Widen(const void* row, const Column& column, float sign, int64_t count, float* out) {
  const auto* const values = static_cast<const typename ElementOf<dtype>::Type*>(row) + column.from;
  // A loop for each step, because a compiler vectorises only a step that it knows.
  if (column.step == 1) {
    for (int64_t i = 0; i < count; ++i) out[i] = sign * FromElement<dtype>(values[i]);
  } else if (column.step == 4) {
    for (int64_t i = 0; i < count; ++i) out[i] = sign * FromElement<dtype>(values[4 * i]);
  } else {
    for (int64_t i = 0; i < count; ++i) out[i] = sign * FromElement<dtype>(values[2 * i]);
  }
}

// Reads one column of the row that starts `offset` elements behind the tensors.
void ReadColumn(const RotaryTable& table, int64_t offset, const Column& column, float sign,
                float* out) {
  const auto* const tensor =
      static_cast<const std::byte*>(column.in_sin_tensor ? table.sin : table.cos);
  const void* const row = tensor + offset * static_cast<int64_t>(DTypeSize(table.dtype));
  if (table.dtype == DType::kFloat16) {
    Widen<DType::kFloat16>(row, column, sign, table.half_width, out);
  } else if (table.dtype == DType::kBFloat16) {
    Widen<DType::kBFloat16>(row, column, sign, table.half_width, out);
  } else {
    Widen<DType::kFloat32>(row, column, sign, table.half_width, out);
  }
}

}  // namespace

TableColumns::TableColumns(const RotaryTable& table, bool negate_sin)
    : table_(table),
      sign_(negate_sin ? -1.0F : 1.0F),
      two_values_(HasTwoValues(table.layout)),
      max_rows_(std::max<int64_t>(1, kValuesInCache / (4 * table.half_width))),
      values_(static_cast<size_t>(max_rows_ * 4 * table.half_width)) {}

void TableColumns::Load(int64_t batch, int64_t first, int64_t rows) {
  const int64_t h = table_.half_width;
  const Columns columns = ColumnsOf(table_.layout, h);
  differs_ = false;
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t offset = batch * table_.batch_stride + (first + row) * table_.row_stride;
    float* const values = values_.data() + row * 4 * h;
    ReadColumn(table_, offset, columns.cos_first, 1.0F, values);
    ReadColumn(table_, offset, columns.sin_first, sign_, values + h);
    if (!two_values_) continue;
    ReadColumn(table_, offset, columns.cos_second, 1.0F, values + 2 * h);
    ReadColumn(table_, offset, columns.sin_second, sign_, values + 3 * h);
    const size_t bytes = 2 * static_cast<size_t>(h) * sizeof(float);
    differs_ = differs_ || std::memcmp(values, values + 2 * h, bytes) != 0;
  }
}

void TableColumns::Assign(Rows* rows) const {
  const int64_t h = table_.half_width;
  rows->half_width = h;
  rows->table_stride = 4 * h;
  rows->cos_first = values_.data();
  rows->sin_first = values_.data() + h;
  rows->cos_second = values_.data() + (differs_ ? 2 * h : 0);
  rows->sin_second = values_.data() + (differs_ ? 3 * h : h);
}

}  // namespace rope::rotation
