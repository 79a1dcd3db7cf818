// AVX2 with FMA: eight frequencies at a time, in two passes over each strip (see Strip). Reduction
// and quadrants are those of hf_rows.inl.h. The polynomials are shorter: minimax on [-pi/4, pi/4]
// by Remez's algorithm, sin r / r with an error of 2^-58 and cos r with an error of 2^-54.
#include <immintrin.h>

#include <cstdint>

#include "core/backends/cpu/exact_double.inl.h"
#include "core/backends/cpu/hf_rows.inl.h"
#include "core/backends/cpu/kernel_entries.h"

namespace rope {
namespace {

// What the first pass leaves for the second: the reduced angles r in [-pi/4, pi/4], and the
// multiples of pi/2 that were subtracted. Only the lowest two bits of a multiple matter.
struct Reduced {
  alignas(32) double r[kStripWidth];
  alignas(32) int32_t quadrant[kStripWidth];
};

struct Eight {
  __m256 cos;
  __m256 sin;
};
// Eight elements of 16 bits.
struct Halves {
  __m128i cos;
  __m128i sin;
};
struct Doubles {
  __m256d cos;
  __m256d sin;
};

inline __m256d Step(__m256d p, __m256d z, double c) {
  return _mm256_fmadd_pd(p, z, _mm256_set1_pd(c));
}

// Reduces four angles and stores them in r[0..3]. Returns doubles whose low words are the
// quadrants.
inline __m256d ReduceFour(__m128 angles, double* r) {
  const __m256d x = _mm256_cvtps_pd(angles);
  const __m256d shift = _mm256_set1_pd(kRoundingShift);
  const __m256d shifted = _mm256_fmadd_pd(x, _mm256_set1_pd(kTwoOverPi), shift);
  const __m256d k = _mm256_sub_pd(shifted, shift);
  const __m256d exact = _mm256_fnmadd_pd(k, _mm256_set1_pd(0x1.921fb54442d18p+0), x);
  _mm256_store_pd(r, _mm256_fnmadd_pd(k, _mm256_set1_pd(0x1.1a62633145c07p-54), exact));
  return shifted;
}

inline void ReduceStrip(float position, const Strip& strip, Reduced* to) {
  const __m128 positions = _mm_set1_ps(position);
  for (int64_t i = 0; i < strip.count; i += 8) {
    const float* const inv_freq = strip.inv_freq + i;
    const __m256d low = ReduceFour(_mm_mul_ps(positions, _mm_load_ps(inv_freq)), to->r + i);
    const __m256d high =
        ReduceFour(_mm_mul_ps(positions, _mm_load_ps(inv_freq + 4)), to->r + i + 4);
    const __m256 words =
        _mm256_shuffle_ps(_mm256_castpd_ps(low), _mm256_castpd_ps(high), _MM_SHUFFLE(2, 0, 2, 0));
    const __m256i quadrants =
        _mm256_permute4x64_epi64(_mm256_castps_si256(words), _MM_SHUFFLE(3, 1, 2, 0));
    _mm256_store_si256(reinterpret_cast<__m256i*>(to->quadrant + i), quadrants);
  }
}

// cos and sin of four reduced angles.
inline Doubles Polynomials(__m256d r) {
  const __m256d z = _mm256_mul_pd(r, r);
  __m256d s = Step(_mm256_set1_pd(0x1.5d932f76889b1p-33), z, -0x1.ae5e66d587064p-26);
  __m256d c = Step(_mm256_set1_pd(0x1.1b95fdf5836b5p-29), z, -0x1.27df6c047c751p-22);
  s = Step(s, z, 0x1.71de3578753adp-19);
  c = Step(c, z, 0x1.a019f884150cbp-16);
  s = Step(s, z, -0x1.a01a019c126c2p-13);
  c = Step(c, z, -0x1.6c16c1648a939p-10);
  s = Step(s, z, 0x1.111111110f881p-7);
  c = Step(c, z, 0x1.555555554f952p-5);
  s = Step(s, z, -0x1.5555555555552p-3);  // chosen for 0x1.33333p+13, see hf_rows.inl.h
  c = Step(c, z, -0x1.fffffffffffa3p-2);
  return {Step(c, z, 1.0), _mm256_fmadd_pd(_mm256_mul_pd(s, z), r, r)};
}

inline __m256 ToFloats(__m256d low, __m256d high) {
  return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm256_cvtpd_ps(low)), _mm256_cvtpd_ps(high),
                              1);
}

// Exchanges cos and sin in odd quadrants, then sets the signs, as CosSinOfAngle does.
inline Eight InQuadrants(__m256i quadrants, __m256 c, __m256 s) {
  const __m256i lowest = _mm256_slli_epi32(quadrants, 31);
  const __m256i second = _mm256_slli_epi32(quadrants, 30);
  const __m256 odd = _mm256_castsi256_ps(_mm256_srai_epi32(lowest, 31));
  const __m256 sign = _mm256_set1_ps(-0.0F);
  const __m256 cos_sign =
      _mm256_and_ps(_mm256_castsi256_ps(_mm256_xor_si256(lowest, second)), sign);
  const __m256 sin_sign = _mm256_and_ps(_mm256_castsi256_ps(second), sign);
  const __m256 exchanged = _mm256_and_ps(_mm256_xor_ps(c, s), odd);
  return {_mm256_xor_ps(_mm256_xor_ps(c, exchanged), cos_sign),
          _mm256_xor_ps(_mm256_xor_ps(s, exchanged), sin_sign)};
}

inline Eight CosSinOfEight(const Reduced& from, int64_t i) {
  const Doubles low = Polynomials(_mm256_load_pd(from.r + i));
  const Doubles high = Polynomials(_mm256_load_pd(from.r + i + 4));
  const __m256i quadrants = _mm256_load_si256(reinterpret_cast<const __m256i*>(from.quadrant + i));
  return InQuadrants(quadrants, ToFloats(low.cos, high.cos), ToFloats(low.sin, high.sin));
}

inline Eight Scaled(Eight v, const RowFactors& factors) {
  return {_mm256_mul_ps(v.cos, _mm256_set1_ps(factors.cos)),
          _mm256_mul_ps(v.sin, _mm256_set1_ps(factors.sin))};
}

// BFloat16Bits of element.h for eight finite values; the results are in the low halves of the
// words.
inline __m256i ToBFloat16(__m256 values) {
  const __m256i bits = _mm256_castps_si256(values);
  const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
  const __m256i half = _mm256_add_epi32(bits, _mm256_set1_epi32(0x7fff));
  return _mm256_srli_epi32(_mm256_add_epi32(half, odd), 16);
}

// The values in the dtype of the table.
template <DType dtype>
inline auto Converted(Eight v) {
  if constexpr (dtype == DType::kFloat16) {
    constexpr int kNearest = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
    return Halves{_mm256_cvtps_ph(v.cos, kNearest), _mm256_cvtps_ph(v.sin, kNearest)};
  } else if constexpr (dtype == DType::kBFloat16) {
    const __m256i packed = _mm256_packus_epi32(ToBFloat16(v.cos), ToBFloat16(v.sin));
    const __m256i both = _mm256_permute4x64_epi64(packed, _MM_SHUFFLE(3, 1, 2, 0));
    return Halves{_mm256_castsi256_si128(both), _mm256_extracti128_si256(both, 1)};
  } else {
    return v;
  }
}

// The `Stores` of PlaceVectors. `lanes` is the number of lanes that exist, 1 to 8; they come first.
struct Stores {
  static void Row(__m256 values, int64_t lanes, float* to) {
    if (lanes == 8) {
      _mm256_storeu_ps(to, values);
    } else {
      alignas(32) float all[8];
      _mm256_store_ps(all, values);
      for (int64_t i = 0; i < lanes; ++i) to[i] = all[i];
    }
  }
  static void Row(__m128i values, int64_t lanes, uint16_t* to) {
    if (lanes == 8) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to), values);
    } else {
      alignas(16) uint16_t all[8];
      _mm_store_si128(reinterpret_cast<__m128i*>(all), values);
      for (int64_t i = 0; i < lanes; ++i) to[i] = all[i];
    }
  }
  // Writes x_0, y_0, x_1, y_1, ....
  static void Alternating(__m256 x, __m256 y, int64_t lanes, float* to) {
    const __m256 a = _mm256_unpacklo_ps(x, y);
    const __m256 b = _mm256_unpackhi_ps(x, y);
    Row(_mm256_permute2f128_ps(a, b, 0x20), lanes < 4 ? 2 * lanes : 8, to);
    if (lanes > 4) Row(_mm256_permute2f128_ps(a, b, 0x31), 2 * lanes - 8, to + 8);
  }
  static void Alternating(__m128i x, __m128i y, int64_t lanes, uint16_t* to) {
    Row(_mm_unpacklo_epi16(x, y), lanes < 4 ? 2 * lanes : 8, to);
    if (lanes > 4) Row(_mm_unpackhi_epi16(x, y), 2 * lanes - 8, to + 8);
  }
};

// Fills the entries of one strip in all rows.
template <DType dtype, Layout layout, bool kScaled>
void FillStrip(const float* positions, int64_t rows, int64_t half_width, const Strip& strip,
               const RowFactors& factors, const TableRows& out) {
  using Element = typename ElementOf<dtype>::Type;
  const int64_t row_width = RowWidth<layout>(half_width);
  Reduced reduced;
  for (int64_t row = 0; row < rows; ++row) {
    auto* const cos_row = reinterpret_cast<Element*>(out.cos) + row * row_width;
    auto* const sin_row = reinterpret_cast<Element*>(out.sin) + row * row_width;
    ReduceStrip(positions[row], strip, &reduced);
    for (int64_t i = 0; i < strip.count; i += 8) {
      const Eight value = CosSinOfEight(reduced, i);
      const auto elements = Converted<dtype>(kScaled ? Scaled(value, factors) : value);
      const int64_t left = strip.count - i;
      PlaceVectors<Stores, layout>(elements.cos, elements.sin, left < 8 ? left : 8, strip.first + i,
                                   half_width, cos_row, sin_row);
    }
  }
}

struct Avx2Rows {
  using Function = FillRowsFunction;
  static constexpr bool kHasFloat64 = false;

  template <DType dtype, Layout layout>
  static void Fill(const float* positions, int64_t rows, const float* inv_freq, int64_t half_width,
                   const RowFactors& factors, const TableRows& out) {
    const bool scaled = factors.cos != 1.0F || factors.sin != 1.0F;
    const auto fill_strip =
        scaled ? FillStrip<dtype, layout, true> : FillStrip<dtype, layout, false>;
    ForEachStrip(inv_freq, half_width, [&](const Strip& strip) {
      fill_strip(positions, rows, half_width, strip, factors, out);
    });
  }
};

}  // namespace

FillRowsFunction FillRowsAvx2(TableForm form) { return InstanceFor<Avx2Rows>(form); }

FillExactRowsFunction FillExactRowsAvx2(TableForm form) {
  return InstanceFor<ExactRows<true>>(form);
}

}  // namespace rope
