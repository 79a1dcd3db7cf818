// The loops of all kernels.
//
// Included once by each kernel_*.cc, which is compiled for one instruction set. Everything here has
// internal linkage, so that the linker never uses the code of one instruction set in place of
// another's. Whatever an `omp simd` loop calls is always_inline: g++ vectorises no loop with a call
// in it. Each step of a pair reads before it writes, so a row may be rotated in place.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/rotation/element_values.h"
#include "core/rotation/kernels.h"
#include "core/table/element.h"

namespace rope::rotation {
namespace {

// One rotated pair.
template <typename Element>
struct Pair {
  Element first;
  Element second;
};

// a cos_a - b sin_a and b cos_b + a sin_b.
template <DType dtype, bool rounds_each_step>
[[gnu::always_inline]] inline Pair<typename ElementOf<dtype>::Type> Turn(
    typename ElementOf<dtype>::Type first, typename ElementOf<dtype>::Type second,
    const Pair<float>& cos, const Pair<float>& sin) {
  const float a = FromElement<dtype>(first);
  const float b = FromElement<dtype>(second);
  float a_cos = a * cos.first;
  float b_sin = b * sin.first;
  float b_cos = b * cos.second;
  float a_sin = a * sin.second;
  if constexpr (rounds_each_step) {
    a_cos = RoundTo<dtype>(a_cos);
    b_sin = RoundTo<dtype>(b_sin);
    b_cos = RoundTo<dtype>(b_cos);
    a_sin = RoundTo<dtype>(a_sin);
    return {RoundToElement<dtype>(a_cos - b_sin), RoundToElement<dtype>(b_cos + a_sin)};
  }
  return {ToElement<dtype>(a_cos - b_sin), ToElement<dtype>(b_cos + a_sin)};
}

// Starts to load two rows of `bytes` bytes. Heads lie far from each other, so the processor does
// not foresee which rows come next.
[[gnu::always_inline]] inline void FetchRows(const std::byte* in, const std::byte* out,
                                             int64_t bytes) {
  for (int64_t i = 0; i < bytes; i += 64) {
    __builtin_prefetch(in + i);
    __builtin_prefetch(out + i, /*rw=*/1);
  }
}

template <DType dtype, Pairing pairing, bool rounds_each_step>
void RotateRows(const Rows& job) {
  using Element = typename ElementOf<dtype>::Type;
  constexpr auto size = static_cast<int64_t>(sizeof(Element));
  const int64_t h = job.half_width;
  for (int64_t row = 0; row < job.rows; ++row) {
    const auto* const in = reinterpret_cast<const Element*>(job.in) + row * job.in_stride;
    auto* const out = reinterpret_cast<Element*>(job.out) + row * job.out_stride;
    const float* const cos_first = job.cos_first + row * job.table_stride;
    const float* const sin_first = job.sin_first + row * job.table_stride;
    const float* const cos_second = job.cos_second + row * job.table_stride;
    const float* const sin_second = job.sin_second + row * job.table_stride;
    if (job.next_in != nullptr) {
      FetchRows(job.next_in + row * job.in_stride * size,
                job.next_out + row * job.out_stride * size, 2 * h * size);
    }
#pragma omp simd
    for (int64_t i = 0; i < h; ++i) {
      const int64_t from = pairing == Pairing::kHalfSplit ? i : 2 * i;
      const int64_t from_second = pairing == Pairing::kHalfSplit ? h + i : 2 * i + 1;
      const int64_t to = pairing == Pairing::kInterleaved ? 2 * i : i;
      const int64_t to_second = pairing == Pairing::kInterleaved ? 2 * i + 1 : h + i;
      const Pair<Element> turned = Turn<dtype, rounds_each_step>(
          in[from], in[from_second], {cos_first[i], cos_second[i]}, {sin_first[i], sin_second[i]});
      out[to] = turned.first;
      out[to_second] = turned.second;
    }
  }
}

template <DType dtype, bool rounds_each_step>
RotateRowsFunction LoopOfPairing(Pairing pairing) {
  if (pairing == Pairing::kHalfSplit) {
    return RotateRows<dtype, Pairing::kHalfSplit, rounds_each_step>;
  }
  if (pairing == Pairing::kInterleaved) {
    return RotateRows<dtype, Pairing::kInterleaved, rounds_each_step>;
  }
  return RotateRows<dtype, Pairing::kDeinterleave, rounds_each_step>;
}

template <DType dtype>
RotateRowsFunction LoopOfDType(const Loop& loop) {
  return loop.rounds_each_step ? LoopOfPairing<dtype, true>(loop.pairing)
                               : LoopOfPairing<dtype, false>(loop.pairing);
}

RotateRowsFunction ChooseLoop(const Loop& loop) {
  if (loop.dtype == DType::kFloat16) return LoopOfDType<DType::kFloat16>(loop);
  if (loop.dtype == DType::kBFloat16) return LoopOfDType<DType::kBFloat16>(loop);
  // Every step of float32 is rounded to it anyway.
  return LoopOfPairing<DType::kFloat32, false>(loop.pairing);
}

}  // namespace
}  // namespace rope::rotation
