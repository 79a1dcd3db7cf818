// The way back from element.h: the float32 value of an element, which is exact for every dtype but
// float64, and a value rounded to a dtype but kept as a float32.
//
// Everything here has internal linkage, for the reason that element.h gives.
#pragma once

#include <cstdint>

#include "core/table/dtype.h"
#include "core/table/element.h"

namespace rope {
namespace {

// The value of an IEEE 754 binary16 number. A NaN stays a NaN with the same fraction.
[[gnu::always_inline]] inline float Float16Value(uint16_t bits) {
  const uint32_t magnitude = bits & 0x7fffU;
  const uint32_t sign = static_cast<uint32_t>(bits & 0x8000U) << 16;
  // Below 2^-14 the number is magnitude * 2^-24. 2^-24 is the ulp of floats in [0.5, 1), so the
  // difference below is that number. 0x3f000000 is the bits of 0.5.
  const float subnormal = __builtin_bit_cast(float, 0x3f000000U + magnitude) - 0.5F;
  // The bias of the exponent is 15 here and 127 in float32, a difference of 112. The exponent of
  // infinities and NaNs, 31, becomes 255: 112 more.
  const uint32_t special = magnitude >= 0x7c00U ? 112U << 23 : 0U;
  const uint32_t normal = (magnitude << 13) + (112U << 23) + special;
  const uint32_t value = magnitude < 0x0400U ? __builtin_bit_cast(uint32_t, subnormal) : normal;
  return __builtin_bit_cast(float, value | sign);
}

// The float32 value of an element.
template <DType dtype>
[[gnu::always_inline]] inline float FromElement(typename ElementOf<dtype>::Type element) {
  if constexpr (dtype == DType::kFloat16) {
    return Float16Value(element);
  } else if constexpr (dtype == DType::kBFloat16) {
    return __builtin_bit_cast(float, static_cast<uint32_t>(element) << 16);
  } else {
    return element;
  }
}

// A value rounded to bfloat16, in the upper half of a float32's bits; the lower half is not
// cleared. REQUIRES that a NaN has a lower half of zeros: adding at most 0x8000 then leaves the
// upper half as it was. That holds for sums and products of bfloat16 numbers, because a NaN is
// either handed on from one of them or the processor's default NaN.
[[gnu::always_inline]] inline uint32_t RoundedUpperHalf(float value) {
  const auto bits = __builtin_bit_cast(uint32_t, value);
  return bits + 0x7fffU + ((bits >> 16) & 1U);
}

// A value rounded to float16, but kept as a float32. As FromElement(ToElement(value)), which takes
// twice as many operations; Float16Bits explains the constants.
[[gnu::always_inline]] inline float RoundToFloat16(float value) {
  const auto bits = __builtin_bit_cast(uint32_t, value);
  const uint32_t sign = bits & 0x80000000U;
  const uint32_t magnitude = bits & 0x7fffffffU;
  const float shifted = __builtin_bit_cast(float, magnitude) + 0.5F;
  const uint32_t subnormal = __builtin_bit_cast(uint32_t, shifted - 0.5F);
  const uint32_t normal = (magnitude + 0xfffU + ((magnitude >> 13) & 1U)) & 0xffffe000U;
  const uint32_t special = magnitude > 0x7f800000U ? 0x7fc00000U : 0x7f800000U;
  const uint32_t finite = magnitude < 0x38800000U ? subnormal : normal;
  return __builtin_bit_cast(float, sign | (normal < 0x47800000U ? finite : special));
}

// The sum or the product of two numbers of a dtype, rounded to it but kept as a float32.
template <DType dtype>
[[gnu::always_inline]] inline float RoundTo(float value) {
  if constexpr (dtype == DType::kBFloat16) {
    return __builtin_bit_cast(float, RoundedUpperHalf(value) & 0xffff0000U);
  } else if constexpr (dtype == DType::kFloat16) {
    return RoundToFloat16(value);
  } else {
    return value;
  }
}

// The same as an element.
template <DType dtype>
[[gnu::always_inline]] inline typename ElementOf<dtype>::Type RoundToElement(float value) {
  if constexpr (dtype == DType::kBFloat16) {
    return static_cast<uint16_t>(RoundedUpperHalf(value) >> 16);
  } else {
    return ToElement<dtype>(value);
  }
}

}  // namespace
}  // namespace rope
