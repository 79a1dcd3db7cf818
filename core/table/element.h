// One element at a time: ToElement converts a float32 to a dtype, and Place puts the values of one
// frequency where a layout wants them. All code that fills tables is built from these two.
//
// Everything here has internal linkage on purpose. Files that are compiled for different
// instruction sets include this header, and each must keep its own copy; otherwise the linker could
// choose one that the host cannot run.
#pragma once

#include <cstdint>
#include <type_traits>

#include "core/table/dtype.h"
#include "core/table/layout.h"

namespace rope {
namespace {

// The type that holds one element of a dtype. The 16-bit dtypes are held as their bits.
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

// The bits of the nearest IEEE 754 binary16 number, ties to even. Subnormals are kept, overflow
// gives infinity, and a NaN stays a quiet NaN. The format has 5 bits of exponent and 10 of
// fraction.
[[gnu::always_inline]] inline uint16_t Float16Bits(float value) {
  const auto bits = __builtin_bit_cast(uint32_t, value);
  const uint32_t sign = (bits >> 16) & 0x8000U;
  const uint32_t magnitude = bits & 0x7fffffffU;
  // Below 2^-14 the result is subnormal, a multiple of 2^-24. That is also the ulp of floats in
  // [0.5, 1), so adding 0.5 rounds to such a multiple. 0x3f000000 is the bits of 0.5.
  const float shifted = __builtin_bit_cast(float, magnitude) + 0.5F;
  const uint32_t subnormal = __builtin_bit_cast(uint32_t, shifted) - 0x3f000000U;
  // From 2^-14 on: changes the exponent's bias from 127 to 15 (a difference of 112), and rounds
  // away 13 bits of fraction. A carry out of the fraction increments the exponent, as it should.
  const uint32_t odd = (magnitude >> 13) & 1U;
  const uint32_t normal = (magnitude - (112U << 23) + 0xfffU + odd) >> 13;
  // Infinity or a quiet NaN.
  const uint32_t special = magnitude > 0x7f800000U ? 0x7e00U : 0x7c00U;
  // 0x38800000 has the bits of 2^-14. 0x47800000, in the last line, has the bits of 2^16.
  const uint32_t finite = magnitude < 0x38800000U ? subnormal : normal;
  return static_cast<uint16_t>(sign | (magnitude < 0x47800000U ? finite : special));
}

// The upper half of the float's bits, rounded to nearest, ties to even. A NaN stays a quiet NaN.
[[gnu::always_inline]] inline uint16_t BFloat16Bits(float value) {
  const auto bits = __builtin_bit_cast(uint32_t, value);
  const uint32_t rounded = (bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16;
  const uint32_t quiet = (bits >> 16) | 0x0040U;
  return static_cast<uint16_t>((bits & 0x7fffffffU) > 0x7f800000U ? quiet : rounded);
}

// The value in the given dtype.
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

// Elements in a row of half_width frequencies. A complex number counts as two elements.
template <Layout layout>
[[gnu::always_inline]] inline int64_t RowWidth(int64_t half_width) {
  if (layout == Layout::kMatrices) return 4 * half_width;
  return layout == Layout::kCompact ? half_width : 2 * half_width;
}

// The value with the other sign. An unsigned integer holds the bits of a floating-point number.
template <typename Element>
[[gnu::always_inline]] inline Element Negated(Element value) {
  if constexpr (std::is_integral_v<Element>) {
    return static_cast<Element>(value ^ (Element{1} << (8 * sizeof(Element) - 1)));
  } else {
    return -value;
  }
}

// Puts the cos and sin of frequency i into the rows of a position, which have half_width
// frequencies. Joined layouts have one row, cos_row; sin_row is then not used.
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
  } else if constexpr (layout == Layout::kMatrices) {
    cos_row[4 * i] = cos;
    cos_row[4 * i + 1] = Negated(sin);
    cos_row[4 * i + 2] = sin;
    cos_row[4 * i + 3] = cos;
  } else {
    cos_row[i] = cos;
    sin_row[i] = sin;
  }
}

}  // namespace
}  // namespace rope
