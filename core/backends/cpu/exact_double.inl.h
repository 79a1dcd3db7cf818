// The arithmetic of every kernel for float64 tables of profile `exact`. It takes the same steps as
// exact_rows.inl.h, but in pairs of doubles (Dekker 1971). The error therefore stays far below half
// an ulp of a double.
//
// Included once per instruction set: by each kernel_*.cc, and by nothing else (see hf_rows.inl.h).
//
// cos and sin are Taylor polynomials on [-pi/4, pi/4], with a truncation error below 2^-86. Terms
// below 2^-25 of the result are summed in plain doubles. docs/numerics.md derives the bounds.
#pragma once

#include <cstdint>

#include "core/backends/cpu/exact_rows.inl.h"

namespace rope {
namespace {

// The bound used for the relative error of cos and sin times the attention factor. The proven
// bound is 2^-78.
constexpr double kExactDoubleError = 0x1p-75;

// a + b exactly. REQUIRES |a| >= |b| or a = 0.
[[gnu::always_inline]] inline Pair SumOfOrdered(double a, double b) {
  const double hi = a + b;
  return {hi, b - (hi - a)};
}

// a + b exactly (Knuth).
[[gnu::always_inline]] inline Pair ExactSum(double a, double b) {
  const double hi = a + b;
  const double b_part = hi - a;
  return {hi, (a - (hi - b_part)) + (b - b_part)};
}

// a b, with a relative error below 2^-101.
template <bool kFused>
[[gnu::always_inline]] inline Pair Product(Pair a, Pair b) {
  const Pair high = ExactProduct<kFused>(a.hi, b.hi);
  return SumOfOrdered(high.hi, high.lo + MulAdd<kFused>(a.hi, b.lo, a.lo * b.hi));
}

// a + b, with a relative error below 2^-101. REQUIRES |a| >= 2 |b|.
[[gnu::always_inline]] inline Pair Sum(Pair a, Pair b) {
  const Pair high = SumOfOrdered(a.hi, b.hi);
  return SumOfOrdered(high.hi, high.lo + (a.lo + b.lo));
}

// The tail of sin's Taylor series in z = x x: coefficients (-1)^n / (2n + 1)!, n from 10 down to 5.
template <bool kFused>
[[gnu::always_inline]] inline double SinTail(double z) {
  double p = 0x1.71b8ef6dcf572p-66;
  p = MulAdd<kFused>(p, z, -0x1.2f49b46814157p-57);
  p = MulAdd<kFused>(p, z, 0x1.952c77030ad4ap-49);
  p = MulAdd<kFused>(p, z, -0x1.ae7f3e733b81fp-41);
  p = MulAdd<kFused>(p, z, 0x1.6124613a86d09p-33);
  return MulAdd<kFused>(p, z, -0x1.ae64567f544e4p-26);
}

// The tail of cos's Taylor series in z = x x: coefficients (-1)^n / (2n)!, n from 11 down to 6.
template <bool kFused>
[[gnu::always_inline]] inline double CosTail(double z) {
  double p = -0x1.0ce396db7f853p-70;
  p = MulAdd<kFused>(p, z, 0x1.e542ba4020225p-62);
  p = MulAdd<kFused>(p, z, -0x1.6827863b97d97p-53);
  p = MulAdd<kFused>(p, z, 0x1.ae7f3e733b81fp-45);
  p = MulAdd<kFused>(p, z, -0x1.93974a8c07c9dp-37);
  return MulAdd<kFused>(p, z, 0x1.1eed8eff8d898p-29);
}

// sin x, with z = x x: the terms of n = 4 down to 0 in pairs, after the tail.
template <bool kFused>
[[gnu::always_inline]] inline Pair SinOfPair(Pair x, Pair z) {
  Pair p = Sum({0x1.71de3a556c734p-19, -0x1.c154f8ddc6c00p-73}, {z.hi * SinTail<kFused>(z.hi), 0});
  p = Sum({-0x1.a01a01a01a01ap-13, -0x1.a01a01a01a01ap-73}, Product<kFused>(z, p));
  p = Sum({0x1.1111111111111p-7, 0x1.1111111111111p-63}, Product<kFused>(z, p));
  p = Sum({-0x1.5555555555555p-3, -0x1.5555555555555p-57}, Product<kFused>(z, p));
  return Sum(x, Product<kFused>(x, Product<kFused>(z, p)));
}

// cos x, with z = x x: the terms of n = 5 down to 0 in pairs, after the tail.
template <bool kFused>
[[gnu::always_inline]] inline Pair CosOfPair(Pair z) {
  Pair p = Sum({-0x1.27e4fb7789f5cp-22, -0x1.cbbc05b4fa99ap-76}, {z.hi * CosTail<kFused>(z.hi), 0});
  p = Sum({0x1.a01a01a01a01ap-16, 0x1.a01a01a01a01ap-76}, Product<kFused>(z, p));
  p = Sum({-0x1.6c16c16c16c17p-10, 0x1.f49f49f49f49fp-65}, Product<kFused>(z, p));
  p = Sum({0x1.5555555555555p-5, 0x1.5555555555555p-59}, Product<kFused>(z, p));
  p = Sum({-0.5, 0}, Product<kFused>(z, p));
  return Sum({1.0, 0}, Product<kFused>(z, p));
}

struct CosSinPairs {
  Pair cos;
  Pair sin;
};

// Like CosSinOfTurns, but with the third part of the frequency and with a relative error below
// 2^-79. If the reduction cancels too many digits for that bound (|r| below 2^-60 of the product),
// the sign bit of `signs` is set.
template <bool kFused>
[[gnu::always_inline]] inline CosSinPairs CosSinPairsOfTurns(double position, double high,
                                                             double low, double rest,
                                                             uint64_t* signs) {
  const Pair product = ExactProduct<kFused>(position, high);
  const Pair next = ExactProduct<kFused>(position, low);
  const double shifted = product.hi + kRoundingShift;
  const double fraction = product.hi - (shifted - kRoundingShift);  // exact
  const Pair tails = ExactSum(product.lo, next.hi);
  const Pair head = ExactSum(fraction, tails.hi);
  const Pair r = ExactSum(head.hi, head.lo + (tails.lo + MulAdd<kFused>(position, rest, next.lo)));
  *signs |= BitsOf(MulAdd<kFused>(product.hi, -0x1p-60, Magnitude(r.hi)));
  const Pair x = Product<kFused>(r, {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54});
  const Pair z = Product<kFused>(x, x);
  const Pair c = CosOfPair<kFused>(z);
  const Pair s = SinOfPair<kFused>(x, z);
  const uint64_t quadrant = BitsOf(shifted);
  const CosSinDoubles hi = InQuadrant(quadrant, c.hi, s.hi);
  const CosSinDoubles lo = InQuadrant(quadrant, c.lo, s.lo);
  return {{hi.cos, lo.cos}, {hi.sin, lo.sin}};
}

// The double nearest to value times factor. If that rounding is not certain, a bit of `bits` is
// set.
template <bool kFused>
[[gnu::always_inline]] inline double RoundKnownPair(Pair value, const SplitReal& factor,
                                                    uint64_t* bits) {
  const Pair scaled = Product<kFused>(value, {factor.high, factor.low});
  const double error = Magnitude(scaled.hi) * kExactDoubleError;
  const double below = scaled.hi + (scaled.lo - error);
  const double above = scaled.hi + (scaled.lo + error);
  *bits |= BitsOf(below) ^ BitsOf(above);
  // The sums above lose the sign of zero.
  const uint64_t sign = BitsOf(value.hi * factor.high) & (uint64_t{1} << 63);
  return DoubleOf(BitsOf(above) | sign);
}

// Fills the entries of frequency i. This is a separate function because g++ does not vectorise a
// loop that declares a structure larger than two registers.
template <bool kFused, Layout layout>
[[gnu::always_inline]] inline void FillLane(double position, const ExactColumns& columns, int64_t i,
                                            double* cos_row, double* sin_row, uint64_t* signs,
                                            uint64_t* bits) {
  const CosSinPairs value =
      CosSinPairsOfTurns<kFused>(position, columns.high[i], columns.low[i], columns.rest[i], signs);
  Place<layout>(RoundKnownPair<kFused>(value.cos, columns.cos_factor, bits),
                RoundKnownPair<kFused>(value.sin, columns.sin_factor, bits), i, columns.half_width,
                cos_row, sin_row);
}

// A FillExactRowsFunction for float64.
template <bool kFused, Layout layout>
void FillDoubles(const double* positions, int64_t rows, const ExactColumns& columns,
                 const TableRows& out, bool* doubtful) {
  const ExactColumns local = columns;  // a copy, because the stores below could change the original
  const int64_t row_width = RowWidth<layout>(local.half_width);
  for (int64_t row = 0; row < rows; ++row) {
    const double position = positions[row];
    auto* const cos_row = reinterpret_cast<double*>(out.cos) + row * row_width;
    auto* const sin_row = reinterpret_cast<double*>(out.sin) + row * row_width;
    uint64_t signs = 0;
    uint64_t bits = 0;
#pragma omp simd reduction(| : signs, bits)
    for (int64_t i = 0; i < local.half_width; ++i) {
      FillLane<kFused, layout>(position, local, i, cos_row, sin_row, &signs, &bits);
    }
    doubtful[row] = (signs >> 63) != 0 || bits != 0;
  }
}

// The `Rows` of InstanceFor for profile `exact`.
template <bool kFused>
struct ExactRows {
  using Function = FillExactRowsFunction;
  static constexpr bool kHasFloat64 = true;

  template <DType dtype, Layout layout>
  static void Fill(const double* positions, int64_t rows, const ExactColumns& columns,
                   const TableRows& out, bool* doubtful) {
    if constexpr (dtype == DType::kFloat64) {
      FillDoubles<kFused, layout>(positions, rows, columns, out, doubtful);
    } else {
      FillRounded<kFused, dtype, layout>(positions, rows, columns, out, doubtful);
    }
  }
};

}  // namespace
}  // namespace rope
