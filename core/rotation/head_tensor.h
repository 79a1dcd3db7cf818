// HeadTensor: queries or keys as attention sees them, in memory that somebody else owns.
//
// Plain data, freely copied.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/table/dtype.h"

namespace rope {

// A view of a tensor [batch, heads, seq, dim]. Element (b, h, s, c) lies batch_stride * b +
// head_stride * h + seq_stride * s + c elements behind `data`: any order of the first three
// dimensions can be described, but the channels of a head lie side by side. `data` is aligned to
// the element. Strides may be 0 or negative.
template <typename Byte>
struct BasicHeadTensor {
  DType dtype = DType::kFloat32;  // kFloat32, kFloat16 or kBFloat16
  Byte* data = nullptr;
  int64_t batch = 0;
  int64_t heads = 0;
  int64_t seq = 0;
  int64_t dim = 0;
  int64_t batch_stride = 0;  // strides are in elements
  int64_t head_stride = 0;
  int64_t seq_stride = 0;
};

using HeadTensor = BasicHeadTensor<const std::byte>;
using MutableHeadTensor = BasicHeadTensor<std::byte>;

}  // namespace rope
