// The loops of all kernels.
//
// Included once by each kernel_*.cc, which is compiled for one instruction set. Everything here has
// internal linkage, so that the linker never uses the code of one instruction set in place of
// another's. `Lanes` is what float16_lanes.inl.h asks of vectors. Whatever an `omp
// simd` loop calls is always_inline: g++ vectorises no loop with a call in it. Each step of a pair
// reads before it writes, so a row may be rotated in place.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/rotation/element_values.h"
#include "core/rotation/kernels/float16_lanes.inl.h"
#include "core/rotation/kernels/kernels.h"
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

// One row of a head and its row of the table.
template <typename Element>
struct Row {
  const Element* in;
  Element* out;
  const float* cos_first;
  const float* sin_first;
  const float* cos_second;
  const float* sin_second;
};

// Rotates whole vectors of a float16 row's h pairs, and returns how many pairs that were.
template <typename Lanes, Pairing pairing, bool rounds_each_step>
[[gnu::always_inline]] inline int64_t RotateLanes(const Row<uint16_t>& row, int64_t h) {
  int64_t i = 0;
  for (; i + Lanes::kCount <= h; i += Lanes::kCount) {
    using Floats = typename Lanes::Floats;
    const TableLanes<Lanes> table = {
        LoadVector<Floats>(row.cos_first + i), LoadVector<Floats>(row.sin_first + i),
        LoadVector<Floats>(row.cos_second + i), LoadVector<Floats>(row.sin_second + i)};
    StorePairs<Lanes, pairing>(
        TurnLanes<Lanes, rounds_each_step>(LoadPairs<Lanes, pairing>(row.in, i, h), table), i, h,
        row.out);
  }
  return i;
}

// Rotates the pairs from `first` on.
template <DType dtype, Pairing pairing, bool rounds_each_step, typename Element>
[[gnu::noinline]] void RotateElements(const Row<Element>& row, int64_t first, int64_t h) {
#pragma omp simd
  for (int64_t i = first; i < h; ++i) {
    const int64_t from = pairing == Pairing::kHalfSplit ? i : 2 * i;
    const int64_t from_second = pairing == Pairing::kHalfSplit ? h + i : 2 * i + 1;
    const int64_t to = pairing == Pairing::kInterleaved ? 2 * i : i;
    const int64_t to_second = pairing == Pairing::kInterleaved ? 2 * i + 1 : h + i;
    const Pair<Element> turned = Turn<dtype, rounds_each_step>(
        row.in[from], row.in[from_second], {row.cos_first[i], row.cos_second[i]},
        {row.sin_first[i], row.sin_second[i]});
    row.out[to] = turned.first;
    row.out[to_second] = turned.second;
  }
}

template <typename Lanes, DType dtype, Pairing pairing, bool rounds_each_step>
void RotateRows(const Rows& job) {
  using Element = typename ElementOf<dtype>::Type;
  constexpr auto size = static_cast<int64_t>(sizeof(Element));
  const int64_t h = job.half_width;
  for (int64_t i = 0; i < job.rows; ++i) {
    if (job.next_in != nullptr) {
      FetchRows(job.next_in + i * job.in_stride * size, job.next_out + i * job.out_stride * size,
                2 * h * size);
    }
    const int64_t from = i * job.table_stride;
    const Row<Element> row = {reinterpret_cast<const Element*>(job.in) + i * job.in_stride,
                              reinterpret_cast<Element*>(job.out) + i * job.out_stride,
                              job.cos_first + from,
                              job.sin_first + from,
                              job.cos_second + from,
                              job.sin_second + from};
    int64_t turned = 0;
    if constexpr (Lanes::kCount > 0 && dtype == DType::kFloat16) {
      turned = RotateLanes<Lanes, pairing, rounds_each_step>(row, h);
    }
    if (turned < h) RotateElements<dtype, pairing, rounds_each_step>(row, turned, h);
  }
}

template <typename Lanes, DType dtype, bool rounds_each_step>
RotateRowsFunction LoopOfPairing(Pairing pairing) {
  if (pairing == Pairing::kHalfSplit) {
    return RotateRows<Lanes, dtype, Pairing::kHalfSplit, rounds_each_step>;
  }
  if (pairing == Pairing::kInterleaved) {
    return RotateRows<Lanes, dtype, Pairing::kInterleaved, rounds_each_step>;
  }
  return RotateRows<Lanes, dtype, Pairing::kDeinterleave, rounds_each_step>;
}

template <typename Lanes, DType dtype>
RotateRowsFunction LoopOfDType(const Loop& loop) {
  return loop.rounds_each_step ? LoopOfPairing<Lanes, dtype, true>(loop.pairing)
                               : LoopOfPairing<Lanes, dtype, false>(loop.pairing);
}

template <typename Lanes>
RotateRowsFunction ChooseLoop(const Loop& loop) {
  if (loop.dtype == DType::kFloat16) return LoopOfDType<Lanes, DType::kFloat16>(loop);
  if (loop.dtype == DType::kBFloat16) return LoopOfDType<Lanes, DType::kBFloat16>(loop);
  // Every step of float32 is rounded to it anyway.
  return LoopOfPairing<Lanes, DType::kFloat32, false>(loop.pairing);
}

}  // namespace
}  // namespace rope::rotation
