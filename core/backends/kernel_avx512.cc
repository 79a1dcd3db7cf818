// AVX-512: the circle in 16 parts, the cosine and sine of each held in registers.
//
//   k = round(8x/pi), r = x - k pi/8, so |r| <= pi/16
//   cos x = C_k cos r - S_k sin r,  sin x = S_k cos r + C_k sin r,  (C_k, S_k) = (cos, sin)(k pi/8)
//
// A register permutation fetches C_k and S_k by the low four bits of k. The entries that are 0 are
// exactly 0, so that results near zeros of cos and sin keep their relative accuracy. The
// polynomials are minimax on [-pi/16, pi/16]: sin r / r with error 2^-55.7, cos r with error 2^-66.
// As everywhere, one angle is rounded to the wrong side by double arithmetic and stands as an
// exception.
#include <immintrin.h>

#include <cstdint>

#include "core/backends/exact_double_body.h"
#include "core/backends/kernel_entries.h"
#include "core/backends/row_kernel_body.h"

namespace rope {
namespace {

constexpr int64_t kLanes = 16;

struct Doubles {
  __m512d cos;
  __m512d sin;
};

inline __m512d Polynomial(__m512d z, double c3, double c2, double c1, double c0) {
  __m512d p = _mm512_fmadd_pd(_mm512_set1_pd(c3), z, _mm512_set1_pd(c2));
  p = _mm512_fmadd_pd(p, z, _mm512_set1_pd(c1));
  return _mm512_fmadd_pd(p, z, _mm512_set1_pd(c0));
}

inline Doubles CosSinOfEight(__m512d x) {
  constexpr double c1 = 0x1.d906bcf328d46p-1;  // cos(pi/8)
  constexpr double c2 = 0x1.6a09e667f3bcdp-1;  // cos(pi/4)
  constexpr double c3 = 0x1.87de2a6aea963p-2;  // cos(3 pi/8)
  const __m512d cos_low = _mm512_setr_pd(1, c1, c2, c3, 0, -c3, -c2, -c1);
  const __m512d cos_high = _mm512_setr_pd(-1, -c1, -c2, -c3, 0, c3, c2, c1);
  const __m512d sin_low = _mm512_setr_pd(0, c3, c2, c1, 1, c1, c2, c3);
  const __m512d sin_high = _mm512_setr_pd(0, -c3, -c2, -c1, -1, -c1, -c2, -c3);

  const __m512d shift = _mm512_set1_pd(kRoundingShift);
  const __m512d shifted = _mm512_fmadd_pd(x, _mm512_set1_pd(0x1.45f306dc9c883p+1), shift);
  const __m512d k = _mm512_sub_pd(shifted, shift);
  const __m512i index = _mm512_castpd_si512(shifted);
  const __m512d big_cos = _mm512_permutex2var_pd(cos_low, index, cos_high);
  const __m512d big_sin = _mm512_permutex2var_pd(sin_low, index, sin_high);

  __m512d r = _mm512_fnmadd_pd(k, _mm512_set1_pd(0x1.921fb54442d18p-2), x);  // exact
  r = _mm512_fnmadd_pd(k, _mm512_set1_pd(0x1.1a62633145c07p-56), r);
  const __m512d z = _mm512_mul_pd(r, r);

  const __m512d s = Polynomial(z, 0x1.719be124a9e5ap-19, -0x1.a019fb3b39830p-13,
                               0x1.11111110de95cp-7, -0x1.5555555555546p-3);
  const __m512d sin_r = _mm512_fmadd_pd(_mm512_mul_pd(s, z), r, r);
  __m512d c = Polynomial(z, -0x1.27adb122a55bfp-22, 0x1.a019fa2a6794dp-16, -0x1.6c16c16bad959p-10,
                         0x1.5555555555514p-5);
  c = _mm512_fmadd_pd(c, z, _mm512_set1_pd(-0.5));
  const __m512d cos_r = _mm512_fmadd_pd(c, z, _mm512_set1_pd(1.0));

  return {_mm512_fnmadd_pd(big_sin, sin_r, _mm512_mul_pd(big_cos, cos_r)),
          _mm512_fmadd_pd(big_cos, sin_r, _mm512_mul_pd(big_sin, cos_r))};
}

inline __m512 ToFloats(__m512d low, __m512d high) {
  return _mm512_insertf32x8(_mm512_castps256_ps512(_mm512_cvtpd_ps(low)), _mm512_cvtpd_ps(high), 1);
}

struct Floats {
  __m512 cos;
  __m512 sin;
};

inline Floats CosSinOfSixteen(__m512 angle) {
  const Doubles low = CosSinOfEight(_mm512_cvtps_pd(_mm512_castps512_ps256(angle)));
  const Doubles high = CosSinOfEight(_mm512_cvtps_pd(_mm512_extractf32x8_ps(angle, 1)));
  const __m512 sin = ToFloats(low.sin, high.sin);
  const __mmask16 hard = _mm512_cmp_ps_mask(angle, _mm512_set1_ps(kHardAngle), _CMP_EQ_OQ);
  return {ToFloats(low.cos, high.cos), _mm512_mask_mov_ps(sin, hard, _mm512_set1_ps(kHardSine))};
}

// x0 y0 x1 y1 ... of the lower or the upper eight lanes.
template <int kHalf>
inline __m512i Alternate(__m512 x, __m512 y) {
  constexpr int f = 8 * kHalf;
  const __m512i order =
      _mm512_setr_epi32(f, 16 + f, f + 1, 17 + f, f + 2, 18 + f, f + 3, 19 + f, f + 4, 20 + f,
                        f + 5, 21 + f, f + 6, 22 + f, f + 7, 23 + f);
  return _mm512_permutex2var_epi32(_mm512_castps_si512(x), order, _mm512_castps_si512(y));
}

inline void StoreAlternating(__m512 x, __m512 y, __mmask16 lanes, float* to) {
  _mm512_mask_storeu_epi64(to, static_cast<__mmask8>(lanes), Alternate<0>(x, y));
  _mm512_mask_storeu_epi64(to + 16, static_cast<__mmask8>(lanes >> 8), Alternate<1>(x, y));
}
inline void StoreAlternating(__m256i x, __m256i y, __mmask16 lanes, uint16_t* to) {
  const __m512i upper = _mm512_slli_epi32(_mm512_cvtepu16_epi32(y), 16);
  _mm512_mask_storeu_epi32(to, lanes, _mm512_or_si512(_mm512_cvtepu16_epi32(x), upper));
}

inline void StoreRow(__m512 values, __mmask16 lanes, float* to) {
  _mm512_mask_storeu_ps(to, lanes, values);
}
inline void StoreRow(__m256i values, __mmask16 lanes, uint16_t* to) {
  _mm256_mask_storeu_epi16(to, lanes, values);
}

// Frequencies i .. i + 15, of which `lanes` exist, as element.h's Place.
template <Layout layout, typename Values, typename Element>
inline void Store(Values cos, Values sin, int64_t i, int64_t half_width, __mmask16 lanes,
                  Element* cos_row, Element* sin_row) {
  if constexpr (layout == Layout::kInterleaved) {
    StoreAlternating(cos, cos, lanes, cos_row + 2 * i);
    StoreAlternating(sin, sin, lanes, sin_row + 2 * i);
  } else if constexpr (layout == Layout::kPairs) {
    StoreAlternating(cos, sin, lanes, cos_row + 2 * i);
  } else if constexpr (layout == Layout::kPacked) {
    StoreRow(cos, lanes, cos_row + i);
    StoreRow(sin, lanes, cos_row + half_width + i);
  } else {
    StoreRow(cos, lanes, cos_row + i);
    StoreRow(sin, lanes, sin_row + i);
    if constexpr (layout == Layout::kHalfSplit) {
      StoreRow(cos, lanes, cos_row + half_width + i);
      StoreRow(sin, lanes, sin_row + half_width + i);
    }
  }
}

// As element.h's conversions; the values are finite, so that NaN needs no care.
template <DType dtype>
inline auto Convert(__m512 values) {
  if constexpr (dtype == DType::kFloat16) {
    return _mm512_cvtps_ph(values, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  } else if constexpr (dtype == DType::kBFloat16) {
    const __m512i bits = _mm512_castps_si512(values);
    const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    const __m512i half = _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff));
    return _mm512_cvtepi32_epi16(_mm512_srli_epi32(_mm512_add_epi32(bits, half), 16));
  } else {
    return values;
  }
}

struct Avx512Rows {
  using Function = FillRowsFunction;
  static constexpr bool kHasFloat64 = false;

  template <DType dtype, Layout layout>
  static void Fill(const float* positions, int64_t rows, const float* inv_freq, int64_t half_width,
                   const RowFactors& factors, const TableRows& out) {
    using Element = typename ElementOf<dtype>::Type;
    const __m512 cos_factor = _mm512_set1_ps(factors.cos);
    const __m512 sin_factor = _mm512_set1_ps(factors.sin);
    const int64_t row_width = RowWidth<layout>(half_width);
    for (int64_t row = 0; row < rows; ++row) {
      const __m512 position = _mm512_set1_ps(positions[row]);
      auto* const cos_row = reinterpret_cast<Element*>(out.cos) + row * row_width;
      auto* const sin_row = reinterpret_cast<Element*>(out.sin) + row * row_width;
      for (int64_t i = 0; i < half_width; i += kLanes) {
        const int64_t left = half_width - i;
        const auto lanes = static_cast<__mmask16>(left >= kLanes ? 0xffff : (1 << left) - 1);
        const __m512 frequencies = _mm512_maskz_loadu_ps(lanes, inv_freq + i);
        const Floats value = CosSinOfSixteen(_mm512_mul_ps(position, frequencies));
        Store<layout>(Convert<dtype>(_mm512_mul_ps(value.cos, cos_factor)),
                      Convert<dtype>(_mm512_mul_ps(value.sin, sin_factor)), i, half_width, lanes,
                      cos_row, sin_row);
      }
    }
  }
};

}  // namespace

FillRowsFunction FillRowsAvx512(TableForm form) { return InstanceFor<Avx512Rows>(form); }

FillExactRowsFunction FillExactRowsAvx512(TableForm form) {
  return InstanceFor<ExactRows<true>>(form);
}

}  // namespace rope
