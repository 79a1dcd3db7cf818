// One element, one lane: the conversion of a float32 to each dtype, and the place of a frequency's
// value in each layout. Everything that fills tables is put together from these two.
//
// Everything here has internal linkage on purpose: files compiled for different instruction sets
// include it, and each must keep its own copy.
#pragma once

#include <cstdint>

#include "core/table/dtype.h"
#include "core/table/layout.h"

namespace rope {
namespace {

template <DType dtype>
struct ElementOf {
  using Type = uint16_t;
};
template <>
struct ElementOf<DType::kFloat32> {
  using Type = float;
};
template <>
struct ElementOf<DType::kFloat64> {
  using Type = double;
};

// binary16, to nearest even. Subnormals are kept, overflow is infinity, a NaN stays a quiet NaN.
[[gnu::always_inline]] inline uint16_t Float16Bits(float value) {
  const auto bits = __builtin_bit_cast(uint32_t, value);
  const uint32_t sign = (bits >> 16) & 0x8000U;
  const uint32_t magnitude = bits & 0x7fffffffU;
  // Below 2^-14: an ulp of [0.5, 1) is 2^-24, the step of binary16's subnormals, so that adding 0.5
  // rounds to it.
  const float shifted = __builtin_bit_cast(float, magnitude) + 0.5F;
  const uint32_t subnormal = __builtin_bit_cast(uint32_t, shifted) - 0x3f000000U;
  // Rebias the exponent from 127 to 15 and round away 13 bits; a carry into the exponent is right.
  const uint32_t odd = (magnitude >> 13) & 1U;
  const uint32_t normal = (magnitude - (112U << 23) + 0xfffU + odd) >> 13;
  const uint32_t special = magnitude > 0x7f800000U ? 0x7e00U : 0x7c00U;
  const uint32_t finite = magnitude < 0x38800000U ? subnormal : normal;
  return static_cast<uint16_t>(sign | (magnitude < 0x47800000U ? finite : special));
}

// The upper half of binary32, to nearest even; a NaN stays a quiet NaN.
[[gnu::always_inline]] inline uint16_t BFloat16Bits(float value) {
  const auto bits = __builtin_bit_cast(uint32_t, value);
  const uint32_t rounded = (bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16;
  const uint32_t quiet = (bits >> 16) | 0x0040U;
  return static_cast<uint16_t>((bits & 0x7fffffffU) > 0x7f800000U ? quiet : rounded);
}

template <DType dtype>
[[gnu::always_inline]] inline typename ElementOf<dtype>::Type ToElement(float value) {
  if constexpr (dtype == DType::kFloat16) {
    return Float16Bits(value);
  } else if constexpr (dtype == DType::kBFloat16) {
    return BFloat16Bits(value);
  } else {
    return value;
  }
}

// Elements in a row of half_width frequencies.
template <Layout layout>
[[gnu::always_inline]] inline int64_t RowWidth(int64_t half_width) {
  return layout == Layout::kCompact ? half_width : 2 * half_width;
}

// Puts frequency i's cos and sin into rows of half_width frequencies; joined layouts have one row.
template <Layout layout, typename Element>
[[gnu::always_inline]] inline void Place(Element cos, Element sin, int64_t i, int64_t half_width,
                                         Element* cos_row, Element* sin_row) {
  if constexpr (layout == Layout::kHalfSplit) {
    cos_row[i] = cos;
    cos_row[half_width + i] = cos;
    sin_row[i] = sin;
    sin_row[half_width + i] = sin;
  } else if constexpr (layout == Layout::kInterleaved) {
    cos_row[2 * i] = cos;
    cos_row[2 * i + 1] = cos;
    sin_row[2 * i] = sin;
    sin_row[2 * i + 1] = sin;
  } else if constexpr (layout == Layout::kPacked) {
    cos_row[i] = cos;
    cos_row[half_width + i] = sin;
  } else if constexpr (layout == Layout::kPairs || layout == Layout::kComplex) {
    cos_row[2 * i] = cos;
    cos_row[2 * i + 1] = sin;
  } else {
    cos_row[i] = cos;
    sin_row[i] = sin;
  }
}

}  // namespace
}  // namespace rope
