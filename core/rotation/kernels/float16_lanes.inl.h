// Pairs of float16 elements, turned a whole vector at a time.
//
// g++ 12 never uses the processor's conversion of float16 when it vectorises a loop, and without it
// a rotation takes three times as long. So a kernel may say what its vectors are and how they are
// converted. Both ways write the same bytes: tests/core/rotation/kernels_test.cc.
//
// Internal linkage, for the reason that rotate_rows.inl.h gives.
#pragma once

#include <cstdint>
#include <cstring>

#include "core/rotation/rotation.h"

namespace rope::rotation {
namespace {

// Vectors of `count` elements; base class of a kernel's Lanes. Lanes adds
//
//   Floats Widen(Halves)    float16 to float32, exact
//   Halves Narrow(Floats)   the nearest float16, ties to even; a NaN keeps its sign
//   Words Extend(Halves)    with zeros
//   Halves Truncate(Words)  the lower halves
template <int count>
struct VectorsOf {
  static constexpr int kCount = count;
  typedef float Floats __attribute__((vector_size(4 * count)));
  typedef uint32_t Words __attribute__((vector_size(4 * count)));
  typedef uint16_t Halves __attribute__((vector_size(2 * count)));
};

// For kernels that leave all elements to the compiler.
struct NoLanes {
  static constexpr int kCount = 0;
};

template <typename Vector>
[[gnu::always_inline]] inline Vector LoadVector(const void* from) {
  Vector vector;
  std::memcpy(&vector, from, sizeof(vector));
  return vector;
}

template <typename Vector>
[[gnu::always_inline]] inline void StoreVector(const Vector& vector, void* to) {
  std::memcpy(to, &vector, sizeof(vector));
}

// Rounded to float16, but kept as float32.
template <typename Lanes>
[[gnu::always_inline]] inline typename Lanes::Floats RoundLanes(typename Lanes::Floats value) {
  return Lanes::Widen(Lanes::Narrow(value));
}

// The float16 numbers that ToElement (core/table/element.h) makes of these: every NaN gets the
// fraction 0x200.
template <typename Lanes>
[[gnu::always_inline]] inline typename Lanes::Halves ToLanes(typename Lanes::Floats value) {
  using Halves = typename Lanes::Halves;
  const Halves halves = Lanes::Narrow(value);
  const Halves quiet = (halves & 0x8000U) | 0x7e00U;
  return (halves & 0x7fffU) > 0x7c00U ? quiet : halves;
}

// One rotated vector of pairs.
template <typename Lanes>
struct PairOfLanes {
  typename Lanes::Halves first;
  typename Lanes::Halves second;
};

// Reads pairs i, ..., i + kCount - 1 of the row at `in`, which has h pairs.
template <typename Lanes, Pairing pairing>
[[gnu::always_inline]] inline PairOfLanes<Lanes> LoadPairs(const uint16_t* in, int64_t i,
                                                           int64_t h) {
  using Halves = typename Lanes::Halves;
  if constexpr (pairing == Pairing::kHalfSplit) {
    return {LoadVector<Halves>(in + i), LoadVector<Halves>(in + h + i)};
  }
  // A word holds a pair: its first element in the lower half.
  const auto words = LoadVector<typename Lanes::Words>(in + 2 * i);
  return {Lanes::Truncate(words), Lanes::Truncate(words >> 16)};
}

template <typename Lanes, Pairing pairing>
[[gnu::always_inline]] inline void StorePairs(const PairOfLanes<Lanes>& pairs, int64_t i, int64_t h,
                                              uint16_t* out) {
  if constexpr (pairing == Pairing::kInterleaved) {
    StoreVector(Lanes::Extend(pairs.first) | (Lanes::Extend(pairs.second) << 16), out + 2 * i);
  } else {
    StoreVector(pairs.first, out + i);
    StoreVector(pairs.second, out + h + i);
  }
}

// The vectors at index i of the four columns of a table row.
template <typename Lanes>
struct TableLanes {
  typename Lanes::Floats cos_first, sin_first, cos_second, sin_second;
};

// Turn of rotate_rows.inl.h, for a vector of pairs.
template <typename Lanes, bool rounds_each_step>
[[gnu::always_inline]] inline PairOfLanes<Lanes> TurnLanes(const PairOfLanes<Lanes>& pairs,
                                                           const TableLanes<Lanes>& table) {
  const auto a = Lanes::Widen(pairs.first);
  const auto b = Lanes::Widen(pairs.second);
  auto a_cos = a * table.cos_first;
  auto b_sin = b * table.sin_first;
  auto b_cos = b * table.cos_second;
  auto a_sin = a * table.sin_second;
  if constexpr (rounds_each_step) {
    a_cos = RoundLanes<Lanes>(a_cos);
    b_sin = RoundLanes<Lanes>(b_sin);
    b_cos = RoundLanes<Lanes>(b_cos);
    a_sin = RoundLanes<Lanes>(a_sin);
  }
  return {ToLanes<Lanes>(a_cos - b_sin), ToLanes<Lanes>(b_cos + a_sin)};
}

}  // namespace
}  // namespace rope::rotation
