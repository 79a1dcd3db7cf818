#include "core/rotation/complex_tail.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "core/rotation/element_values.h"

namespace rope::rotation {
namespace {

constexpr int64_t kVectorNumbers = 8;  // that torch multiplies without fusing

float Load(DType dtype, const std::byte* data, int64_t index) {
  if (dtype == DType::kFloat32) return reinterpret_cast<const float*>(data)[index];
  const uint16_t bits = reinterpret_cast<const uint16_t*>(data)[index];
  return dtype == DType::kFloat16 ? FromElement<DType::kFloat16>(bits)
                                  : FromElement<DType::kBFloat16>(bits);
}

void Store(DType dtype, float value, std::byte* data, int64_t index) {
  ConvertFromFloat32(dtype, &value, 1, data + index * static_cast<int64_t>(DTypeSize(dtype)));
}

}  // namespace

ComplexTail::ComplexTail(DType dtype, int64_t seq, int64_t half_width)
    : dtype_(dtype),
      first_pair_(seq * half_width / kVectorNumbers * kVectorNumbers),
      kept_(static_cast<size_t>((seq * half_width - first_pair_) / 2 * 2)) {}

ComplexTail::Range ComplexTail::RangeOf(const Rows& job, int64_t first_row) const {
  const auto size = static_cast<int64_t>(kept_.size());
  const int64_t begin = first_row * job.half_width - first_pair_;
  const int64_t end = begin + job.rows * job.half_width;
  return {std::clamp<int64_t>(begin, 0, size), std::clamp<int64_t>(end, 0, size)};
}

void ComplexTail::Read(const Rows& job, int64_t first_row) {
  const Range range = RangeOf(job, first_row);
  for (int64_t i = range.begin; i < range.end; ++i) {
    const int64_t row = (first_pair_ + i) / job.half_width - first_row;
    const int64_t pair = (first_pair_ + i) % job.half_width;
    const float a = Load(dtype_, job.in, row * job.in_stride + 2 * pair);
    const float b = Load(dtype_, job.in, row * job.in_stride + 2 * pair + 1);
    const float cos = job.cos_first[row * job.table_stride + pair];
    const float sin = job.sin_first[row * job.table_stride + pair];
    kept_[static_cast<size_t>(i)] = {std::fma(a, cos, -(b * sin)), std::fma(a, sin, b * cos)};
  }
}

void ComplexTail::Write(const Rows& job, int64_t first_row) const {
  const Range range = RangeOf(job, first_row);
  for (int64_t i = range.begin; i < range.end; ++i) {
    const int64_t row = (first_pair_ + i) / job.half_width - first_row;
    const int64_t pair = (first_pair_ + i) % job.half_width;
    Store(dtype_, kept_[static_cast<size_t>(i)].first, job.out, row * job.out_stride + 2 * pair);
    Store(dtype_, kept_[static_cast<size_t>(i)].second, job.out,
          row * job.out_stride + 2 * pair + 1);
  }
}

}  // namespace rope::rotation
