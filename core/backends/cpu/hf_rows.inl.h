// The arithmetic of every kernel, written once. Included by one source file per instruction set,
// which is compiled for it; everything here has internal linkage, so that no two instruction sets
// mix. What stands in an `omp simd` loop is always_inline: in so large a file a compiler comes to
// prefer calls, and a loop with a call in it is not vectorised.
//
// cos and sin of x, 0 <= x <= 2^31 a float32, in double:
//   k = round(2x/pi), r = x - k pi/2, then the polynomials of fdlibm's __kernel_sin and
//   __kernel_cos (Sun Microsystems 1993, minimax on [-pi/4, pi/4], error below 2^-57; the first
//   coefficient of sin moved by 6 units of its last place) and the quadrant k mod 4.
// The relative error of the double result is below 2^-51 (docs/numerics.md). Rounded to float32
// that is the correctly rounded value unless the true one lies within 2^-51 of the middle of two
// floats. Of all float32 angles up to 2^31 only the sine of 0x1.33333p+13 is as near as that: 0.35
// units of the 54th bit from a middle. Coefficients and table entries are chosen, within their own
// rounding, so that it comes out right; tools/prove_rounding shows that all others do.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/backends/cpu/kernels.h"
#include "core/table/element.h"

namespace rope {
namespace {

constexpr double kTwoOverPi = 0x1.45f306dc9c883p-1;
// Adding it puts the nearest whole number into the low bits of a double.
constexpr double kRoundingShift = 0x1.8p52;

// x - k pi/2. k has 31 bits, x is a multiple of 2^-24 wherever k > 0.
template <bool kFused>
[[gnu::always_inline]] inline double Reduce(double x, double k) {
  if constexpr (kFused) {
    // k * hi is a multiple of 2^-52 and the difference is below 1: the first step is exact.
    const double r = __builtin_fma(-k, 0x1.921fb54442d18p+0, x);
    return __builtin_fma(-k, 0x1.1a62633145c07p-54, r);
  } else {
    // Three parts of 22 bits and a rest: products with k are exact, and so are the first two
    // differences.
    double r = x - k * 0x1.921fbp+0;
    r = r - k * 0x1.5110bp-22;
    r = r - k * 0x1.184698p-44;
    return r - k * 0x1.3198a2e037073p-69;
  }
}

template <bool kFused>
[[gnu::always_inline]] inline double MulAdd(double a, double b, double c) {
  if constexpr (kFused) {
    return __builtin_fma(a, b, c);
  } else {
    return a * b + c;
  }
}

template <bool kFused>
[[gnu::always_inline]] inline double SinPolynomial(double r, double z) {
  double p = 1.58969099521155010221e-10;
  p = MulAdd<kFused>(p, z, -2.50507602534068634195e-08);
  p = MulAdd<kFused>(p, z, 2.75573137070700676789e-06);
  p = MulAdd<kFused>(p, z, -1.98412698298579493134e-04);
  p = MulAdd<kFused>(p, z, 8.33333333332248946124e-03);
  p = MulAdd<kFused>(p, z, -0x1.555555555554fp-3);
  return MulAdd<kFused>(p * z, r, r);
}

template <bool kFused>
[[gnu::always_inline]] inline double CosPolynomial(double z) {
  double p = -1.13596475577881948265e-11;
  p = MulAdd<kFused>(p, z, 2.08757232129817482790e-09);
  p = MulAdd<kFused>(p, z, -2.75573143513906633035e-07);
  p = MulAdd<kFused>(p, z, 2.48015872894767294178e-05);
  p = MulAdd<kFused>(p, z, -1.38888888888741095749e-03);
  p = MulAdd<kFused>(p, z, 4.16666666666666019037e-02);
  return MulAdd<kFused>(p * z, z, MulAdd<kFused>(z, -0.5, 1.0));
}

template <bool kFused>
[[gnu::always_inline]] inline void CosSinOfAngle(float angle, float* cos, float* sin) {
  const double x = static_cast<double>(angle);
  const double shifted = MulAdd<kFused>(x, kTwoOverPi, kRoundingShift);
  const double k = shifted - kRoundingShift;

  const double r = Reduce<kFused>(x, k);
  const double z = r * r;
  const double s = SinPolynomial<kFused>(r, z);
  const double c = CosPolynomial<kFused>(z);

  // Exchange the two in odd quadrants, then set the signs: in bits, which every vector unit can,
  // and as floats, of which a register holds twice as many. Neither changes a rounding.
  const auto s_bits = __builtin_bit_cast(uint32_t, static_cast<float>(s));
  const auto c_bits = __builtin_bit_cast(uint32_t, static_cast<float>(c));
  const auto quadrant = static_cast<uint32_t>(__builtin_bit_cast(uint64_t, shifted));
  const uint32_t exchanged = (s_bits ^ c_bits) & (0 - (quadrant & 1));
  const uint32_t cos_bits = (c_bits ^ exchanged) ^ (((quadrant + 1) & 2) << 30);
  const uint32_t sin_bits = (s_bits ^ exchanged) ^ ((quadrant & 2) << 30);
  *cos = __builtin_bit_cast(float, cos_bits);
  *sin = __builtin_bit_cast(float, sin_bits);
}

// A kernel's loop for one instruction set: `kFused` says whether it has a fused multiply-add.
template <bool kFused>
struct ScalarRows {
  using Function = FillRowsFunction;
  static constexpr bool kHasFloat64 = false;

  template <DType dtype, Layout layout>
  static void Fill(const float* positions, int64_t rows, const float* inv_freq, int64_t half_width,
                   const RowFactors& factors, const TableRows& out) {
    using Element = typename ElementOf<dtype>::Type;
    const int64_t row_width = RowWidth<layout>(half_width);
    const RowFactors local = factors;  // which the stores below cannot change
    for (int64_t row = 0; row < rows; ++row) {
      const float position = positions[row];
      auto* const cos_row = reinterpret_cast<Element*>(out.cos) + row * row_width;
      auto* const sin_row = reinterpret_cast<Element*>(out.sin) + row * row_width;
#pragma omp simd
      for (int64_t i = 0; i < half_width; ++i) {
        float cosine = 0.0F;
        float sine = 0.0F;
        CosSinOfAngle<kFused>(position * inv_freq[i], &cosine, &sine);
        Place<layout>(ToElement<dtype>(cosine * local.cos), ToElement<dtype>(sine * local.sin), i,
                      half_width, cos_row, sin_row);
      }
    }
  }
};

// Frequencies of a row, filled up with 0 to whole vectors, that a kernel takes through the L1
// cache.
//
// From an angle to its sine there are some 70 cycles of latency, and the instructions that a core
// can hold waiting reach over only a part of them: done in one go, a third to a half of the
// multipliers' time is lost. So rows are done in two passes, each of them short enough: angles less
// their multiples of pi/2 (or a part of it) first, then the rest.
constexpr int64_t kStripWidth = 256;
struct Strip {
  alignas(64) float inv_freq[kStripWidth];
  int64_t first;
  int64_t count;
};

// fill_strip(strip) for all frequencies of a row.
template <typename FillStrip>
inline void ForEachStrip(const float* inv_freq, int64_t half_width, const FillStrip& fill_strip) {
  Strip strip;
  for (strip.first = 0; strip.first < half_width; strip.first += kStripWidth) {
    const int64_t left = half_width - strip.first;
    strip.count = left < kStripWidth ? left : kStripWidth;
    __builtin_memset(strip.inv_freq, 0, sizeof strip.inv_freq);
    __builtin_memcpy(strip.inv_freq, inv_freq + strip.first,
                     static_cast<size_t>(strip.count) * sizeof(float));
    fill_strip(strip);
  }
}

// Puts vectors of the cos and sin of frequencies i ... into their rows, as element.h's Place does
// with one of each. `Stores` writes a vector's `lanes`: Row to consecutive elements, Alternating
// two vectors' to consecutive pairs.
template <typename Stores, Layout layout, typename Vector, typename Lanes, typename Element>
inline void PlaceVectors(Vector cos, Vector sin, Lanes lanes, int64_t i, int64_t half_width,
                         Element* cos_row, Element* sin_row) {
  if constexpr (layout == Layout::kInterleaved) {
    Stores::Alternating(cos, cos, lanes, cos_row + 2 * i);
    Stores::Alternating(sin, sin, lanes, sin_row + 2 * i);
  } else if constexpr (layout == Layout::kPairs) {
    Stores::Alternating(cos, sin, lanes, cos_row + 2 * i);
  } else if constexpr (layout == Layout::kPacked) {
    Stores::Row(cos, lanes, cos_row + i);
    Stores::Row(sin, lanes, cos_row + half_width + i);
  } else {
    Stores::Row(cos, lanes, cos_row + i);
    Stores::Row(sin, lanes, sin_row + i);
    if constexpr (layout == Layout::kHalfSplit) {
      Stores::Row(cos, lanes, cos_row + half_width + i);
      Stores::Row(sin, lanes, sin_row + half_width + i);
    }
  }
}

// The instance of `Rows::Fill` for a form known only at run time.
template <typename Rows, DType dtype>
typename Rows::Function InstanceFor(Layout layout) {
  switch (layout) {
    case Layout::kHalfSplit:
      return Rows::template Fill<dtype, Layout::kHalfSplit>;
    case Layout::kInterleaved:
      return Rows::template Fill<dtype, Layout::kInterleaved>;
    case Layout::kPacked:
      return Rows::template Fill<dtype, Layout::kPacked>;
    case Layout::kPairs:
    case Layout::kComplex:
      return Rows::template Fill<dtype, Layout::kPairs>;
    case Layout::kCompact:
      break;
  }
  return Rows::template Fill<dtype, Layout::kCompact>;
}

template <typename Rows>
typename Rows::Function InstanceFor(TableForm form) {
  switch (form.dtype) {
    case DType::kFloat16:
      return InstanceFor<Rows, DType::kFloat16>(form.layout);
    case DType::kBFloat16:
      return InstanceFor<Rows, DType::kBFloat16>(form.layout);
    case DType::kFloat64:
      if constexpr (Rows::kHasFloat64) return InstanceFor<Rows, DType::kFloat64>(form.layout);
      break;
    case DType::kFloat32:
      break;
  }
  return InstanceFor<Rows, DType::kFloat32>(form.layout);
}

}  // namespace
}  // namespace rope
