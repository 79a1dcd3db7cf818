// AVX-512: the circle in 16 parts, the cosine and sine of each held in registers.
//
//   k = round(8x/pi), r = x - k pi/8, so |r| <= pi/16
//   cos x = C_k cos r - S_k sin r,  sin x = S_k cos r + C_k sin r,  (C_k, S_k) = (cos, sin)(k pi/8)
//
// A register permutation fetches C_k and S_k by the low four bits of k. The entries that are 0 are
// exactly 0, so that results near zeros of cos and sin keep their relative accuracy. The
// polynomials are minimax on [-pi/16, pi/16] (Remez): sin r / r with error 2^-57, cos r with error
// 2^-54. Eight lanes are computed at a time, all that a register of doubles holds; they are joined
// to sixteen only where the stores are better for it.
#include <immintrin.h>

#include <cstdint>

#include "core/backends/exact_double_body.h"
#include "core/backends/kernel_entries.h"
#include "core/backends/row_kernel_body.h"

namespace rope {
namespace {

struct Eight {
  __m256 cos;
  __m256 sin;
};
struct Sixteen {
  __m512 cos;
  __m512 sin;
};
struct Halves {  // sixteen elements of 16 bits
  __m256i cos;
  __m256i sin;
};

inline __m512d Step(__m512d p, __m512d z, double c) {
  return _mm512_fmadd_pd(p, z, _mm512_set1_pd(c));
}

inline Eight CosSinOf(__m256 angles) {
  constexpr double c1 = 0x1.d906bcf328d46p-1;  // cos(pi/8)
  constexpr double c2 = 0x1.6a09e667f3bcdp-1;  // cos(pi/4)
  constexpr double c3 = 0x1.87de2a6aea963p-2;  // cos(3 pi/8)
  // Its neighbour, for S_9: the sine of 0x1.33333p+13, in part 9, needs it (row_kernel_body.h).
  constexpr double c3_inner = 0x1.87de2a6aea962p-2;
  const __m512d cos_low = _mm512_setr_pd(1, c1, c2, c3, 0, -c3, -c2, -c1);
  const __m512d cos_high = _mm512_setr_pd(-1, -c1, -c2, -c3, 0, c3, c2, c1);
  const __m512d sin_low = _mm512_setr_pd(0, c3, c2, c1, 1, c1, c2, c3);
  const __m512d sin_high = _mm512_setr_pd(0, -c3_inner, -c2, -c1, -1, -c1, -c2, -c3);

  const __m512d x = _mm512_cvtps_pd(angles);
  const __m512d shift = _mm512_set1_pd(kRoundingShift);
  const __m512d shifted = _mm512_fmadd_pd(x, _mm512_set1_pd(0x1.45f306dc9c883p+1), shift);
  const __m512d k = _mm512_sub_pd(shifted, shift);
  const __m512i index = _mm512_castpd_si512(shifted);
  const __m512d big_cos = _mm512_permutex2var_pd(cos_low, index, cos_high);
  const __m512d big_sin = _mm512_permutex2var_pd(sin_low, index, sin_high);

  __m512d r = _mm512_fnmadd_pd(k, _mm512_set1_pd(0x1.921fb54442d18p-2), x);  // exact
  r = _mm512_fnmadd_pd(k, _mm512_set1_pd(0x1.1a62633145c07p-56), r);
  const __m512d z = _mm512_mul_pd(r, r);

  __m512d s = Step(_mm512_set1_pd(0x1.718d608e29caep-19), z, -0x1.a019f726bb2bfp-13);
  s = Step(s, z, 0x1.1111111088286p-7);
  s = Step(s, z, -0x1.55555555554cap-3);
  s = _mm512_fmadd_pd(_mm512_mul_pd(s, z), r, r);
  __m512d c = Step(_mm512_set1_pd(0x1.9faad848d1fccp-16), z, -0x1.6c16b30592651p-10);
  c = Step(c, z, 0x1.55555553dce07p-5);
  c = Step(c, z, -0x1.ffffffffffd03p-2);
  c = Step(c, z, 1.0);

  const __m512d cos = _mm512_fnmadd_pd(big_sin, s, _mm512_mul_pd(big_cos, c));
  const __m512d sin = _mm512_fmadd_pd(big_sin, c, _mm512_mul_pd(big_cos, s));
  return {_mm512_cvtpd_ps(cos), _mm512_cvtpd_ps(sin)};
}

inline __m512 Join(__m256 low, __m256 high) {
  return _mm512_insertf32x8(_mm512_castps256_ps512(low), high, 1);
}

inline Eight Scaled(Eight v, const RowFactors& factors) {
  return {_mm256_mul_ps(v.cos, _mm256_set1_ps(factors.cos)),
          _mm256_mul_ps(v.sin, _mm256_set1_ps(factors.sin))};
}

// As element.h's, of finite values.
inline __m512i RoundedToBFloat16(__m512 values) {  // in the upper halves of the words
  const __m512i bits = _mm512_castps_si512(values);
  const __mmask16 odd = _mm512_test_epi32_mask(bits, _mm512_set1_epi32(0x10000));
  const __m512i half = _mm512_add_epi32(bits, _mm512_set1_epi32(0x7fff));
  return _mm512_mask_add_epi32(half, odd, half, _mm512_set1_epi32(1));
}

inline __m512i ToBFloat16(Sixteen v) {
  constexpr int kSelect = 0xe4;  // third ? first : second
  const __m512i words = _mm512_ternarylogic_epi32(
      RoundedToBFloat16(v.sin), _mm512_srli_epi32(RoundedToBFloat16(v.cos), 16),
      _mm512_set1_epi32(static_cast<int>(0xffff0000)), kSelect);
  alignas(64) static constexpr uint16_t kOrder[32] = {0,  2,  4,  6,  8,  10, 12, 14, 16, 18, 20,
                                                      22, 24, 26, 28, 30, 1,  3,  5,  7,  9,  11,
                                                      13, 15, 17, 19, 21, 23, 25, 27, 29, 31};
  return _mm512_permutexvar_epi16(_mm512_load_si512(kOrder), words);
}

template <DType dtype, bool kBFloat16Unit>
inline Halves ToHalves(Sixteen v) {
  if constexpr (dtype == DType::kFloat16) {
    constexpr int kNearest = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
    return {_mm512_cvtps_ph(v.cos, kNearest), _mm512_cvtps_ph(v.sin, kNearest)};
  } else {
    const __m512i both = kBFloat16Unit
                             ? reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(v.sin, v.cos))
                             : ToBFloat16(v);
    return {_mm512_castsi512_si256(both), _mm512_extracti64x4_epi64(both, 1)};
  }
}

// x0 y0 x1 y1 ...
inline __m512 Alternate(__m256 x, __m256 y) {
  const __m512i order = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  return _mm512_permutex2var_ps(_mm512_castps256_ps512(x), order, _mm512_castps256_ps512(y));
}
inline __m512i Alternate(__m256i x, __m256i y) {
  return _mm512_or_si512(_mm512_cvtepu16_epi32(x), _mm512_slli_epi32(_mm512_cvtepu16_epi32(y), 16));
}

// PlaceVectors' way to memory; `lanes` has a bit for each lane that exists.
struct Stores {
  static void Row(__m256 values, uint32_t lanes, float* to) {
    _mm256_mask_storeu_ps(to, static_cast<__mmask8>(lanes), values);
  }
  static void Row(__m256i values, uint32_t lanes, uint16_t* to) {
    _mm256_mask_storeu_epi16(to, static_cast<__mmask16>(lanes), values);
  }
  static void Alternating(__m256 x, __m256 y, uint32_t lanes, float* to) {
    _mm512_mask_storeu_pd(to, static_cast<__mmask8>(lanes), _mm512_castps_pd(Alternate(x, y)));
  }
  static void Alternating(__m256i x, __m256i y, uint32_t lanes, uint16_t* to) {
    _mm512_mask_storeu_epi32(to, static_cast<__mmask16>(lanes), Alternate(x, y));
  }
};

// What the rows of a call have in common.
struct Columns {
  const float* inv_freq;
  int64_t half_width;
  RowFactors factors;
};

// Frequencies i .. i + 7 of one row, of which `lanes` exist.
template <bool kScaled>
inline Eight CosSinOf(__m256 position, int64_t i, uint32_t lanes, const Columns& columns) {
  const auto mask = static_cast<__mmask8>(lanes);
  const __m256 frequencies = _mm256_maskz_loadu_ps(mask, columns.inv_freq + i);
  const Eight value = CosSinOf(_mm256_mul_ps(position, frequencies));
  return kScaled ? Scaled(value, columns.factors) : value;
}

template <bool kScaled>
inline Sixteen CosSinOfSixteen(__m256 position, int64_t i, uint32_t lanes, const Columns& columns) {
  const Eight low = CosSinOf<kScaled>(position, i, lanes, columns);
  const Eight high = CosSinOf<kScaled>(position, i + 8, lanes >> 8, columns);
  return {Join(low.cos, high.cos), Join(low.sin, high.sin)};
}

// The next lanes of a row of which `left` frequencies are left to do.
inline uint32_t Lanes(int64_t left) {
  return left >= 16 ? 0xffffU : (uint32_t{1} << static_cast<uint32_t>(left)) - 1;
}

// One row of float32.
template <Layout layout, bool kScaled>
inline void FillFloats(float position, const Columns& columns, float* cos_row, float* sin_row) {
  const int64_t half_width = columns.half_width;
  const __m256 positions = _mm256_set1_ps(position);
  for (int64_t i = 0; i < half_width; i += 8) {
    const uint32_t lanes = Lanes(half_width - i);
    const Eight value = CosSinOf<kScaled>(positions, i, lanes, columns);
    PlaceVectors<Stores, layout>(value.cos, value.sin, lanes, i, half_width, cos_row, sin_row);
  }
}

// One row of a dtype of 16 bits.
template <DType dtype, Layout layout, bool kScaled, bool kBFloat16Unit>
inline void FillHalves(float position, const Columns& columns, uint16_t* cos_row,
                       uint16_t* sin_row) {
  const int64_t half_width = columns.half_width;
  const __m256 positions = _mm256_set1_ps(position);
  for (int64_t i = 0; i < half_width; i += 16) {
    const uint32_t lanes = Lanes(half_width - i);
    const Halves value =
        ToHalves<dtype, kBFloat16Unit>(CosSinOfSixteen<kScaled>(positions, i, lanes, columns));
    PlaceVectors<Stores, layout>(value.cos, value.sin, lanes, i, half_width, cos_row, sin_row);
  }
}

// Both copies of sixteen values, two whole cache lines, past the caches.
template <Layout layout>
inline void StreamTwice(__m512 values, int64_t i, int64_t half_width, float* row) {
  if constexpr (layout == Layout::kHalfSplit) {
    _mm512_stream_ps(row + i, values);
    _mm512_stream_ps(row + half_width + i, values);
  } else {
    const __m256 low = _mm512_castps512_ps256(values);
    const __m256 high = _mm512_extractf32x8_ps(values, 1);
    _mm512_stream_ps(row + 2 * i, Alternate(low, low));
    _mm512_stream_ps(row + 2 * i + 16, Alternate(high, high));
  }
}

// One duplicated row of float32.
template <Layout layout>
inline void StreamFloats(float position, const Columns& columns, float* cos_row, float* sin_row) {
  const int64_t half_width = columns.half_width;
  const __m256 positions = _mm256_set1_ps(position);
  for (int64_t i = 0; i < half_width; i += 16) {
    const Sixteen value = CosSinOfSixteen<true>(positions, i, 0xffff, columns);
    StreamTwice<layout>(value.cos, i, half_width, cos_row);
    StreamTwice<layout>(value.sin, i, half_width, sin_row);
  }
}

// May the instruction that takes numbers below 2^-126 for 0 round this table? Not where frequencies
// or factors are so near 0 that there could be such numbers; the cos and sin of angles above 1 are
// never below 2^-40.
bool NearZero(float value) { return value != 0.0F && __builtin_fabsf(value) < 0x1p-50F; }

bool BFloat16UnitServes(const Columns& columns) {
  bool near_zero = NearZero(columns.factors.cos);  // that of sin is as large
  for (int64_t i = 0; i < columns.half_width; ++i) near_zero |= NearZero(columns.inv_freq[i]);
  return !near_zero && __builtin_cpu_supports("avx512bf16");
}

// fill_row(position, cos_row, sin_row) for every row.
template <DType dtype, typename Row>
inline void FillEachRow(const float* positions, int64_t rows, int64_t row_width,
                        const TableRows& out, const Row& fill_row) {
  using Element = typename ElementOf<dtype>::Type;
  for (int64_t row = 0; row < rows; ++row) {
    fill_row(positions[row], reinterpret_cast<Element*>(out.cos) + row * row_width,
             reinterpret_cast<Element*>(out.sin) + row * row_width);
  }
}

struct Avx512Rows {
  using Function = FillRowsFunction;
  static constexpr bool kHasFloat64 = false;

  template <DType dtype, Layout layout>
  static void Fill(const float* positions, int64_t rows, const float* inv_freq, int64_t half_width,
                   const RowFactors& factors, const TableRows& out) {
    const Columns columns{inv_freq, half_width, factors};
    if (factors.cos == 1.0F && factors.sin == 1.0F) {
      FillScaled<dtype, layout, false>(positions, rows, columns, out);
    } else {
      FillScaled<dtype, layout, true>(positions, rows, columns, out);
    }
  }

  // The same for the duplicated layouts of float32, past the caches.
  template <Layout layout>
  static void Stream(const float* positions, int64_t rows, const float* inv_freq,
                     int64_t half_width, const RowFactors& factors, const TableRows& out) {
    const Columns columns{inv_freq, half_width, factors};
    FillEachRow<DType::kFloat32>(positions, rows, 2 * half_width, out,
                                 [&](float position, float* cos_row, float* sin_row) {
                                   StreamFloats<layout>(position, columns, cos_row, sin_row);
                                 });
    _mm_sfence();
  }

 private:
  template <DType dtype, Layout layout, bool kScaled>
  static void FillScaled(const float* positions, int64_t rows, const Columns& columns,
                         const TableRows& out) {
    const int64_t row_width = RowWidth<layout>(columns.half_width);
    const auto fill = [&](const auto& fill_row) {
      FillEachRow<dtype>(positions, rows, row_width, out, fill_row);
    };
    if constexpr (dtype == DType::kFloat32) {
      fill([&](float position, float* cos_row, float* sin_row) {
        FillFloats<layout, kScaled>(position, columns, cos_row, sin_row);
      });
    } else if (dtype == DType::kBFloat16 && BFloat16UnitServes(columns)) {
      fill([&](float position, uint16_t* cos_row, uint16_t* sin_row) {
        FillHalves<dtype, layout, kScaled, true>(position, columns, cos_row, sin_row);
      });
    } else {
      fill([&](float position, uint16_t* cos_row, uint16_t* sin_row) {
        FillHalves<dtype, layout, kScaled, false>(position, columns, cos_row, sin_row);
      });
    }
  }
};

}  // namespace

FillRowsFunction FillRowsAvx512(TableForm form) { return InstanceFor<Avx512Rows>(form); }

FillRowsFunction StreamRowsAvx512(TableForm form) {
  if (form.dtype != DType::kFloat32) return nullptr;
  if (form.layout == Layout::kHalfSplit) return Avx512Rows::Stream<Layout::kHalfSplit>;
  if (form.layout == Layout::kInterleaved) return Avx512Rows::Stream<Layout::kInterleaved>;
  return nullptr;
}

FillExactRowsFunction FillExactRowsAvx512(TableForm form) {
  return InstanceFor<ExactRows<true>>(form);
}

}  // namespace rope
