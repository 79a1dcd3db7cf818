// The arithmetic of every kernel in profile `exact`, for dtypes of at most 24 significant bits.
// (exact_double.inl.h has that of float64.)
//
// Included once per instruction set, through exact_double.inl.h, with internal linkage and
// always_inline functions for the reasons that hf_rows.inl.h gives.
//
// The angle is p w, with a position p below 2^31 and a real frequency w. It is reduced in quarter
// turns. ExactPlan holds c = 2/pi w as an unevaluated sum of doubles. Of the product p c, the part
// that comes from the first double is exact, and the small rest is rounded. The whole number
// nearest to p c is the quadrant. What is left is r, in [-1/2, 1/2]; its relative error is small
// unless r is far smaller than p c. Only a whole number is subtracted, never a multiple of pi, and
// that subtraction is exact.
//
// There are too many pairs of position and real frequency to try them all. Every value is therefore
// computed with a proven bound on its relative error, and rounded twice: once made a little
// smaller, once a little larger. If both give the same element, the rounding is right. If they
// differ, the row is reported as doubtful, and the caller computes it in arbitrary precision.
// docs/numerics.md derives the bounds.
#pragma once

#include <cstdint>

#include "core/backends/cpu/hf_rows.inl.h"
#include "core/backends/cpu/kernels.h"
#include "core/table/element.h"

namespace rope {
namespace {

// The bound used for the relative error of cos and sin times the attention factor. The proven
// bound is 2^-50.2.
constexpr double kExactError = 0x1p-49;

[[gnu::always_inline]] inline uint64_t BitsOf(double x) { return __builtin_bit_cast(uint64_t, x); }
[[gnu::always_inline]] inline double DoubleOf(uint64_t bits) {
  return __builtin_bit_cast(double, bits);
}
[[gnu::always_inline]] inline double Magnitude(double x) {
  return DoubleOf(BitsOf(x) & ~(uint64_t{1} << 63));
}

// The unevaluated sum hi + lo. In a normalised pair |lo| is at most half an ulp of hi.
struct Pair {
  double hi;
  double lo;
};

// a b exactly, by a fused multiply-add if kFused and by the algorithm of Dekker (1971) if not.
// REQUIRES that nothing underflows or overflows.
template <bool kFused>
[[gnu::always_inline]] inline Pair ExactProduct(double a, double b) {
  const double hi = a * b;
  if constexpr (kFused) {
    return {hi, __builtin_fma(a, b, -hi)};
  } else {
    constexpr double splitter = 0x1p27 + 1;
    const double a_scaled = a * splitter;
    const double b_scaled = b * splitter;
    const double a_hi = a_scaled - (a_scaled - a);
    const double b_hi = b_scaled - (b_scaled - b);
    const double a_lo = a - a_hi;
    const double b_lo = b - b_hi;
    return {hi, ((a_hi * b_hi - hi) + a_hi * b_lo + a_lo * b_hi) + a_lo * b_lo};
  }
}

struct CosSinDoubles {
  double cos;
  double sin;
};

// Exchanges cos and sin in odd quadrants and sets the signs.
[[gnu::always_inline]] inline CosSinDoubles InQuadrant(uint64_t quadrant, double c, double s) {
  const uint64_t exchanged = (BitsOf(s) ^ BitsOf(c)) & (0 - (quadrant & 1));
  return {DoubleOf((BitsOf(c) ^ exchanged) ^ (((quadrant + 1) & 2) << 62)),
          DoubleOf((BitsOf(s) ^ exchanged) ^ ((quadrant & 2) << 62))};
}

// sin and cos of r quarter turns, |r| <= 1/2, with z = r r. These are the polynomials of
// hf_rows.inl.h, with every coefficient multiplied by its power of pi/2. Their error is below
// 2^-54, the rounding of the coefficients included.
template <bool kFused>
[[gnu::always_inline]] inline double SinOfTurns(double r, double z) {
  double p = 0x1.e404742f3e351p-25;
  p = MulAdd<kFused>(p, z, -0x1.e300a85fc9574p-19);
  p = MulAdd<kFused>(p, z, 0x1.5078301dcf6b6p-13);
  p = MulAdd<kFused>(p, z, -0x1.32d2cce335e6fp-8);
  p = MulAdd<kFused>(p, z, 0x1.466bc67758db1p-4);
  p = MulAdd<kFused>(p, z, -0x1.4abbce625be47p-1);
  return MulAdd<kFused>(p, z, 0x1.921fb54442d18p+0) * r;
}

template <bool kFused>
[[gnu::always_inline]] inline double CosOfTurns(double z) {
  double p = -0x1.b2a21ec94163bp-28;
  p = MulAdd<kFused>(p, z, 0x1.f9cd20b415c65p-22);
  p = MulAdd<kFused>(p, z, -0x1.a6d1edbbb9b9cp-16);
  p = MulAdd<kFused>(p, z, 0x1.e1f5068528e5ep-11);
  p = MulAdd<kFused>(p, z, -0x1.55d3c7e3ca6fbp-6);
  p = MulAdd<kFused>(p, z, 0x1.03c1f081b5abdp-2);
  p = MulAdd<kFused>(p, z, -0x1.3bd3cc9be45dep+0);
  return MulAdd<kFused>(p, z, 1.0);
}

// cos and sin of position * (high + low) quarter turns, with a relative error below 2^-50.9. If the
// reduction cancels too many digits for that bound (|r| below 2^-51 of the product), the sign bit
// of `signs` is set.
template <bool kFused>
[[gnu::always_inline]] inline CosSinDoubles CosSinOfTurns(double position, double high, double low,
                                                          uint64_t* signs) {
  const Pair product = ExactProduct<kFused>(position, high);
  const double shifted = product.hi + kRoundingShift;
  const double fraction = product.hi - (shifted - kRoundingShift);  // exact
  const double r = fraction + MulAdd<kFused>(position, low, product.lo);
  *signs |= BitsOf(MulAdd<kFused>(product.hi, -0x1p-51, Magnitude(r)));
  const double z = r * r;
  return InQuadrant(BitsOf(shifted), CosOfTurns<kFused>(z), SinOfTurns<kFused>(r, z));
}

// `value` rounded to 24 bits, to odd: a double between two 24-bit numbers becomes the one whose
// last bit is 1. Rounding the result to a format of at most 22 bits gives the same as rounding the
// double itself. REQUIRES a magnitude that is 0 or at least 2^-125.
[[gnu::always_inline]] inline float RoundedToOdd(double value) {
  constexpr uint64_t dropped = (uint64_t{1} << 29) - 1;
  const uint64_t bits = BitsOf(value);
  const uint64_t sticky = ((bits & dropped) + dropped) & (dropped + 1);
  return static_cast<float>(DoubleOf((bits & ~dropped) | sticky));
}

// The element nearest to `value`, by one rounding.
template <DType dtype>
[[gnu::always_inline]] inline typename ElementOf<dtype>::Type RoundOnce(double value) {
  if constexpr (dtype == DType::kFloat32) {
    return static_cast<float>(value);
  } else {
    return ToElement<dtype>(RoundedToOdd(value));
  }
}

// The bits in which two elements differ; 0 if they are the same.
[[gnu::always_inline]] inline uint32_t Difference(float a, float b) {
  return __builtin_bit_cast(uint32_t, a) ^ __builtin_bit_cast(uint32_t, b);
}
[[gnu::always_inline]] inline uint32_t Difference(uint16_t a, uint16_t b) { return a ^ b; }

// A factor, made smaller and larger in magnitude by the bound on the relative error.
struct FactorBounds {
  explicit FactorBounds(double factor)
      : inner(factor * (1.0 - kExactError)), outer(factor * (1.0 + kExactError)) {}
  double inner;
  double outer;
};

// `value` times the factor, rounded once. If that rounding is not certain, the sign bit of `signs`
// or any bit of `bits` is set.
template <DType dtype>
[[gnu::always_inline]] inline typename ElementOf<dtype>::Type RoundKnown(double value,
                                                                         const FactorBounds& factor,
                                                                         uint64_t* signs,
                                                                         uint32_t* bits) {
  const double inner = value * factor.inner;
  const auto element = RoundOnce<dtype>(inner);
  *bits |= Difference(element, RoundOnce<dtype>(value * factor.outer));
  if constexpr (dtype != DType::kFloat32) {  // RoundedToOdd requires 0 or at least 2^-125
    const uint64_t not_zero = BitsOf(Magnitude(inner)) + ~(uint64_t{1} << 63);
    *signs |= BitsOf(Magnitude(inner) - 0x1p-125) & not_zero;
  }
  return element;
}

// A FillExactRowsFunction for a dtype of at most 24 significant bits.
template <bool kFused, DType dtype, Layout layout>
void FillRounded(const double* positions, int64_t rows, const ExactColumns& columns,
                 const TableRows& out, bool* doubtful) {
  using Element = typename ElementOf<dtype>::Type;
  const int64_t half_width = columns.half_width;
  const double* const high = columns.high;
  const double* const low = columns.low;
  const int64_t row_width = RowWidth<layout>(half_width);
  const FactorBounds cos_factor(columns.cos_factor.high);
  const FactorBounds sin_factor(columns.sin_factor.high);
  for (int64_t row = 0; row < rows; ++row) {
    const double position = positions[row];
    auto* const cos_row = reinterpret_cast<Element*>(out.cos) + row * row_width;
    auto* const sin_row = reinterpret_cast<Element*>(out.sin) + row * row_width;
    // The doubts about the whole row, combined with `or`. A doubt about the reduction or the range
    // sets the sign bit of `signs`. A doubt about the rounding sets any bit of `bits`.
    uint64_t signs = 0;
    uint32_t bits = 0;
#pragma omp simd reduction(| : signs, bits)
    for (int64_t i = 0; i < half_width; ++i) {
      const CosSinDoubles value = CosSinOfTurns<kFused>(position, high[i], low[i], &signs);
      Place<layout>(RoundKnown<dtype>(value.cos, cos_factor, &signs, &bits),
                    RoundKnown<dtype>(value.sin, sin_factor, &signs, &bits), i, half_width, cos_row,
                    sin_row);
    }
    doubtful[row] = (signs >> 63) != 0 || bits != 0;
  }
}

}  // namespace
}  // namespace rope
