// The arithmetic of profile `hf` and the loops that all kernels share.
//
// Included once per instruction set: by each kernel_*.cc, and by nothing else. Each of those files
// is compiled for its instruction set. Everything here has internal linkage, so that the linker
// never uses the code of one instruction set in place of another's. Whatever an `omp simd` loop
// calls is always_inline: otherwise g++ makes calls in a file of this size, and it does not
// vectorise a loop with a call in it.
//
// How cos and sin of a float32 angle x, 0 <= x <= 2^31, are computed in double:
//   1. k = round(2x / pi), and r = x - k pi/2, so that |r| <= pi/4.
//   2. The polynomials of fdlibm's __kernel_sin and __kernel_cos give sin r and cos r. They are
//      minimax on [-pi/4, pi/4] with an error below 2^-57 (Sun Microsystems 1993). Here the first
//      coefficient of sin is 6 units in its last place away from fdlibm's.
//   3. The quadrant, k mod 4, says which of the two is cos x, which is sin x, and their signs.
//
// The relative error of the double result is below 2^-51 (docs/numerics.md). Rounding it to float32
// gives the correctly rounded value, unless the true value lies within 2^-51 of the middle between
// two floats. Among all float32 angles up to 2^31 only the sine of 0x1.33333p+13 is that close: it
// is 0.35 units of the 54th bit away from a middle. Coefficients and table entries of all kernels
// are therefore chosen, within their own rounding errors, so that this sine is rounded correctly.
// tools/prove_rounding shows that all other angles are rounded correctly, too.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/backends/cpu/kernels.h"
#include "core/table/element.h"

namespace rope {
namespace {

constexpr double kTwoOverPi = 0x1.45f306dc9c883p-1;
// x + kRoundingShift has the whole number nearest to x in its low bits, for |x| < 2^51.
constexpr double kRoundingShift = 0x1.8p52;

// x - k pi/2. k has at most 31 bits, and x is a multiple of 2^-24 if k > 0.
template <bool kFused>
[[gnu::always_inline]] inline double Reduce(double x, double k) {
  if constexpr (kFused) {
    // k times the first constant is a multiple of 2^-52, and the difference is below 1. The first
    // step is therefore exact.
    const double r = __builtin_fma(-k, 0x1.921fb54442d18p+0, x);
    return __builtin_fma(-k, 0x1.1a62633145c07p-54, r);
  } else {
    // pi/2 as three parts of 22 bits and a rest. Their products with k are exact, and so are the
    // first two differences.
    double r = x - k * 0x1.921fbp+0;
    r = r - k * 0x1.5110bp-22;
    r = r - k * 0x1.184698p-44;
    return r - k * 0x1.3198a2e037073p-69;
  }
}

// a b + c, rounded once if kFused and twice if not.
template <bool kFused>
[[gnu::always_inline]] inline double MulAdd(double a, double b, double c) {
  if constexpr (kFused) {
    return __builtin_fma(a, b, c);
  } else {
    return a * b + c;
  }
}

// sin r, with z = r r.
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

// cos r, with z = r r.
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

// The correctly rounded cos and sin of an angle in [0, 2^31].
template <bool kFused>
[[gnu::always_inline]] inline void CosSinOfAngle(float angle, float* cos, float* sin) {
  const double x = static_cast<double>(angle);
  const double shifted = MulAdd<kFused>(x, kTwoOverPi, kRoundingShift);
  const double k = shifted - kRoundingShift;

  const double r = Reduce<kFused>(x, k);
  const double z = r * r;
  const double s = SinPolynomial<kFused>(r, z);
  const double c = CosPolynomial<kFused>(z);

  // Exchanges the two in odd quadrants, then sets the signs. Both steps work on bits, because every
  // vector unit has bit operations. Both work on floats, because a register holds twice as many
  // floats as doubles. Neither changes how the values are rounded.
  const auto s_bits = __builtin_bit_cast(uint32_t, static_cast<float>(s));
  const auto c_bits = __builtin_bit_cast(uint32_t, static_cast<float>(c));
  const auto quadrant = static_cast<uint32_t>(__builtin_bit_cast(uint64_t, shifted));
  const uint32_t exchanged = (s_bits ^ c_bits) & (0 - (quadrant & 1));
  const uint32_t cos_bits = (c_bits ^ exchanged) ^ (((quadrant + 1) & 2) << 30);
  const uint32_t sin_bits = (s_bits ^ exchanged) ^ ((quadrant & 2) << 30);
  *cos = __builtin_bit_cast(float, cos_bits);
  *sin = __builtin_bit_cast(float, sin_bits);
}

// The loop of a kernel that leaves vectorising to the compiler. `kFused` says whether the
// instruction set has a fused multiply-add.
template <bool kFused>
struct ScalarRows {
  using Function = FillRowsFunction;
  static constexpr bool kHasFloat64 = false;

  template <DType dtype, Layout layout>
  static void Fill(const float* positions, int64_t rows, const float* inv_freq, int64_t half_width,
                   const RowFactors& factors, const TableRows& out) {
    using Element = typename ElementOf<dtype>::Type;
    const int64_t row_width = RowWidth<layout>(half_width);
    const RowFactors local = factors;  // a copy, because the stores below could change the original
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

// Consecutive frequencies of a row, few enough to stay in the L1 cache together with the kernel's
// intermediate results. The last vector is filled up with zeros.
//
// A strip takes two passes, because about 70 cycles pass between an angle and its sine. A core
// cannot keep enough instructions waiting to fill that time. In one pass the multipliers would
// therefore be idle for a third to a half of the time. Two shorter passes avoid this: the first
// reduces the angles by multiples of pi/2 (or of a fraction of it), the second evaluates the
// polynomials.
constexpr int64_t kStripWidth = 256;
struct Strip {
  alignas(64) float inv_freq[kStripWidth];
  int64_t first;  // index in the row of the strip's first frequency
  int64_t count;  // 1 to kStripWidth
};

// Calls fill_strip(strip) for the strips of a row, from left to right.
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

// Puts a vector of cos and one of sin, of frequencies i, i + 1, ..., into their rows. It does for
// vectors what Place of element.h does for single elements. `Stores` is a class of the kernel with
// two functions: Row(v, lanes, to) writes v to consecutive elements, and Alternating(x, y, lanes,
// to) writes x_0, y_0, x_1, y_1, .... `lanes` says which lanes exist; each kernel defines how.
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

// Returns the instance of `Rows::Fill` for a form that is known only at run time. Layout kComplex
// has the bytes of kPairs and shares its instance.
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
    case Layout::kMatrices:  // not asked for: CpuBackend makes its rows of compact ones
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
