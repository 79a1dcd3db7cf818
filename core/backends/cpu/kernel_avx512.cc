// AVX-512: the circle is cut into 16 parts, and registers hold the cosine and sine of each part.
//
//   k = round(8x/pi), r = x - k pi/8, so |r| <= pi/16
//   cos x = C_k cos r - S_k sin r,  sin x = S_k cos r + C_k sin r,  (C_k, S_k) = (cos, sin)(k pi/8)
//
// One register permutation looks up C_k, another S_k, by the low four bits of k. The table entries
// for multiples of pi/2 are exactly 0 or 1, so that results near the zeros of cos and sin keep
// their relative accuracy. The polynomials are minimax on [-pi/16, pi/16] by Remez's algorithm:
// sin r / r with an error of 2^-57, cos r with an error of 2^-54.
//
// A register of doubles holds eight lanes, so eight frequencies are computed at a time. Two such
// results are joined to sixteen lanes only where that makes the stores faster. Each strip takes two
// passes (see Strip).
#include <immintrin.h>

#include <cstdint>

#include "core/backends/cpu/exact_double.inl.h"
#include "core/backends/cpu/hf_rows.inl.h"
#include "core/backends/cpu/kernel_entries.h"

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
// Sixteen elements of 16 bits.
struct Halves {
  __m256i cos;
  __m256i sin;
};

inline __m512d Step(__m512d p, __m512d z, double c) {
  return _mm512_fmadd_pd(p, z, _mm512_set1_pd(c));
}

// What the first pass leaves for the second: the reduced angles r, and doubles whose lowest four
// bits are those of k.
struct Reduced {
  alignas(64) double r[kStripWidth];
  alignas(64) double k[kStripWidth];
};

inline void ReduceEight(__m256 angles, int64_t i, Reduced* to) {
  const __m512d x = _mm512_cvtps_pd(angles);
  const __m512d shift = _mm512_set1_pd(kRoundingShift);
  const __m512d shifted = _mm512_fmadd_pd(x, _mm512_set1_pd(0x1.45f306dc9c883p+1), shift);
  const __m512d k = _mm512_sub_pd(shifted, shift);
  const __m512d r = _mm512_fnmadd_pd(k, _mm512_set1_pd(0x1.921fb54442d18p-2), x);  // exact
  _mm512_store_pd(to->r + i, _mm512_fnmadd_pd(k, _mm512_set1_pd(0x1.1a62633145c07p-56), r));
  _mm512_store_pd(to->k + i, shifted);
}

inline void ReduceStrip(float position, const Strip& strip, Reduced* to) {
  const __m256 positions = _mm256_set1_ps(position);
  for (int64_t i = 0; i < strip.count; i += 8) {
    ReduceEight(_mm256_mul_ps(positions, _mm256_load_ps(strip.inv_freq + i)), i, to);
  }
}

inline Eight CosSinOfEight(const Reduced& from, int64_t i) {
  constexpr double c1 = 0x1.d906bcf328d46p-1;  // cos(pi/8)
  constexpr double c2 = 0x1.6a09e667f3bcdp-1;  // cos(pi/4)
  constexpr double c3 = 0x1.87de2a6aea963p-2;  // cos(3 pi/8)
  // The double next to c3, for S_9 alone. With it the sine of 0x1.33333p+13, which lies in part 9,
  // is rounded correctly (see hf_rows.inl.h).
  constexpr double c3_inner = 0x1.87de2a6aea962p-2;
  const __m512d cos_low = _mm512_setr_pd(1, c1, c2, c3, 0, -c3, -c2, -c1);
  const __m512d cos_high = _mm512_setr_pd(-1, -c1, -c2, -c3, 0, c3, c2, c1);
  const __m512d sin_low = _mm512_setr_pd(0, c3, c2, c1, 1, c1, c2, c3);
  const __m512d sin_high = _mm512_setr_pd(0, -c3_inner, -c2, -c1, -1, -c1, -c2, -c3);

  const __m512d r = _mm512_load_pd(from.r + i);
  const __m512d z = _mm512_mul_pd(r, r);
  __m512d s = Step(_mm512_set1_pd(0x1.718d608e29caep-19), z, -0x1.a019f726bb2bfp-13);
  s = Step(s, z, 0x1.1111111088286p-7);
  s = Step(s, z, -0x1.55555555554cap-3);
  s = _mm512_fmadd_pd(_mm512_mul_pd(s, z), r, r);
  __m512d c = Step(_mm512_set1_pd(0x1.9faad848d1fccp-16), z, -0x1.6c16b30592651p-10);
  c = Step(c, z, 0x1.55555553dce07p-5);
  c = Step(c, z, -0x1.ffffffffffd03p-2);
  c = Step(c, z, 1.0);

  const __m512i index = _mm512_load_si512(from.k + i);
  const __m512d big_cos = _mm512_permutex2var_pd(cos_low, index, cos_high);
  const __m512d big_sin = _mm512_permutex2var_pd(sin_low, index, sin_high);
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

// BFloat16Bits of element.h for sixteen finite values; the results are in the upper halves of the
// words.
inline __m512i RoundedToBFloat16(__m512 values) {
  const __m512i bits = _mm512_castps_si512(values);
  const __mmask16 odd = _mm512_test_epi32_mask(bits, _mm512_set1_epi32(0x10000));
  const __m512i half = _mm512_add_epi32(bits, _mm512_set1_epi32(0x7fff));
  return _mm512_mask_add_epi32(half, odd, half, _mm512_set1_epi32(1));
}

// Sixteen cos and then sixteen sin as bfloat16, by integer operations.
inline __m512i ToBFloat16(Sixteen v) {
  constexpr int kSelect = 0xe4;  // truth table of: third ? first : second
  const __m512i words = _mm512_ternarylogic_epi32(
      RoundedToBFloat16(v.sin), _mm512_srli_epi32(RoundedToBFloat16(v.cos), 16),
      _mm512_set1_epi32(static_cast<int>(0xffff0000)), kSelect);
  alignas(64) static constexpr uint16_t kOrder[32] = {0,  2,  4,  6,  8,  10, 12, 14, 16, 18, 20,
                                                      22, 24, 26, 28, 30, 1,  3,  5,  7,  9,  11,
                                                      13, 15, 17, 19, 21, 23, 25, 27, 29, 31};
  return _mm512_permutexvar_epi16(_mm512_load_si512(kOrder), words);
}

// Converts to float16 or bfloat16; with kBFloat16Unit by the instruction of AVX512_BF16.
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

// x_0, y_0, x_1, y_1, ...
inline __m512 Alternate(__m256 x, __m256 y) {
  const __m512i order = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  return _mm512_permutex2var_ps(_mm512_castps256_ps512(x), order, _mm512_castps256_ps512(y));
}
inline __m512i Alternate(__m256i x, __m256i y) {
  return _mm512_or_si512(_mm512_cvtepu16_epi32(x), _mm512_slli_epi32(_mm512_cvtepu16_epi32(y), 16));
}

// The `Stores` of PlaceVectors. `lanes` has bit k set if lane k exists.
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

template <bool kScaled>
inline Eight ScaledCosSinOfEight(const Reduced& from, int64_t i, const RowFactors& factors) {
  const Eight value = CosSinOfEight(from, i);
  return kScaled ? Scaled(value, factors) : value;
}

template <bool kScaled>
inline Sixteen CosSinOfSixteen(const Reduced& from, int64_t i, const RowFactors& factors) {
  const Eight low = ScaledCosSinOfEight<kScaled>(from, i, factors);
  const Eight high = ScaledCosSinOfEight<kScaled>(from, i + 8, factors);
  return {Join(low.cos, high.cos), Join(low.sin, high.sin)};
}

// Calls fill(i, lanes) for i = 0, kStep, 2 kStep, ..., below count. `lanes` has bit k set if
// frequency i + k exists.
template <int kStep, typename Fill>
inline void ForEachVector(int64_t count, const Fill& fill) {
  constexpr uint32_t kAllLanes = (uint32_t{1} << kStep) - 1;
  int64_t i = 0;
  for (; i + kStep <= count; i += kStep) fill(i, kAllLanes);
  if (i < count) fill(i, (uint32_t{1} << static_cast<uint32_t>(count - i)) - 1);
}

// Fills one strip of one row, in float32.
template <Layout layout, bool kScaled>
inline void FillFloats(const Reduced& from, const Strip& strip, int64_t half_width,
                       const RowFactors& factors, float* cos_row, float* sin_row) {
  ForEachVector<8>(strip.count, [&](int64_t i, uint32_t lanes) {
    const Eight value = ScaledCosSinOfEight<kScaled>(from, i, factors);
    PlaceVectors<Stores, layout>(value.cos, value.sin, lanes, strip.first + i, half_width, cos_row,
                                 sin_row);
  });
}

// Fills one strip of one row, in a dtype of 16 bits.
template <DType dtype, Layout layout, bool kScaled, bool kBFloat16Unit>
inline void FillHalves(const Reduced& from, const Strip& strip, int64_t half_width,
                       const RowFactors& factors, uint16_t* cos_row, uint16_t* sin_row) {
  ForEachVector<16>(strip.count, [&](int64_t i, uint32_t lanes) {
    const Halves value = ToHalves<dtype, kBFloat16Unit>(CosSinOfSixteen<kScaled>(from, i, factors));
    PlaceVectors<Stores, layout>(value.cos, value.sin, lanes, strip.first + i, half_width, cos_row,
                                 sin_row);
  });
}

// The `Stores` of PlaceVectors that write past the caches. They write whole cache lines, so all
// lanes must exist and `to` must be aligned to 64 bytes.
struct StreamStores {
  static void Row(__m512i values, uint32_t /*lanes*/, void* to) {
    _mm512_stream_si512(static_cast<__m512i*>(to), values);
  }
  static void Alternating(__m512i x, __m512i y, uint32_t /*lanes*/, float* to) {
    const __m512i low = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const __m512i high = _mm512_add_epi32(low, _mm512_set1_epi32(8));
    Row(_mm512_permutex2var_epi32(x, low, y), 0, to);
    Row(_mm512_permutex2var_epi32(x, high, y), 0, to + 16);
  }
  static void Alternating(__m512i x, __m512i y, uint32_t /*lanes*/, uint16_t* to) {
    Row(Alternate(_mm512_castsi512_si256(x), _mm512_castsi512_si256(y)), 0, to);
    Row(Alternate(_mm512_extracti64x4_epi64(x, 1), _mm512_extracti64x4_epi64(y, 1)), 0, to + 32);
  }
};

// Like FillFloats, but writes past the caches.
template <Layout layout, bool kScaled>
inline void StreamFloats(const Reduced& from, const Strip& strip, int64_t half_width,
                         const RowFactors& factors, float* cos_row, float* sin_row) {
  for (int64_t i = 0; i < strip.count; i += 16) {
    const Sixteen value = CosSinOfSixteen<kScaled>(from, i, factors);
    PlaceVectors<StreamStores, layout>(_mm512_castps_si512(value.cos),
                                       _mm512_castps_si512(value.sin), 0U, strip.first + i,
                                       half_width, cos_row, sin_row);
  }
}

inline __m512i Join(__m256i low, __m256i high) {
  return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

// Like FillHalves, but writes past the caches.
template <DType dtype, Layout layout, bool kScaled, bool kBFloat16Unit>
inline void StreamHalves(const Reduced& from, const Strip& strip, int64_t half_width,
                         const RowFactors& factors, uint16_t* cos_row, uint16_t* sin_row) {
  for (int64_t i = 0; i < strip.count; i += 32) {
    const Halves low = ToHalves<dtype, kBFloat16Unit>(CosSinOfSixteen<kScaled>(from, i, factors));
    const Halves high =
        ToHalves<dtype, kBFloat16Unit>(CosSinOfSixteen<kScaled>(from, i + 16, factors));
    PlaceVectors<StreamStores, layout>(Join(low.cos, high.cos), Join(low.sin, high.sin), 0U,
                                       strip.first + i, half_width, cos_row, sin_row);
  }
}

// True if products of this number could be subnormal (see CanUseBFloat16Unit).
bool NearZero(float value) { return value != 0.0F && __builtin_fabsf(value) < 0x1p-50F; }

// AVX512_BF16's vcvtne2ps2bf16 flushes subnormal float32 numbers to 0, which the other kernels do
// not. It may therefore be used only if this host has it and if no entry other than 0 can be below
// 2^-126. Small entries come from small frequencies and small factors only: the cos and sin of a
// float32 angle above 1 are never below 2^-40.
bool CanUseBFloat16Unit(const Strip& strip, const RowFactors& factors) {
  bool near_zero = NearZero(factors.cos);  // sin's factor has the same magnitude
  for (int64_t i = 0; i < strip.count; ++i) near_zero |= NearZero(strip.inv_freq[i]);
  return !near_zero && __builtin_cpu_supports("avx512bf16");
}

// The arguments of a FillRowsFunction.
struct Rows {
  const float* positions;
  int64_t count;
  const float* inv_freq;
  int64_t half_width;
  RowFactors factors;
  TableRows out;
};

// Each form has one instance of its loop per combination of these flags, so the loop does not test
// them.
struct Variant {
  bool streamed = false;
  bool scaled = false;
  bool bfloat16_unit = false;
};

// Fills the entries of one strip in all rows.
template <DType dtype, Layout layout, Variant variant>
void FillStrip(const Rows& rows, const Strip& strip) {
  using Element = typename ElementOf<dtype>::Type;
  const int64_t half_width = rows.half_width;
  const int64_t row_width = RowWidth<layout>(half_width);
  Reduced from;
  for (int64_t row = 0; row < rows.count; ++row) {
    ReduceStrip(rows.positions[row], strip, &from);
    auto* const cos = reinterpret_cast<Element*>(rows.out.cos) + row * row_width;
    auto* const sin = reinterpret_cast<Element*>(rows.out.sin) + row * row_width;
    constexpr bool kScaled = variant.scaled;
    constexpr bool kUnit = variant.bfloat16_unit;
    if constexpr (dtype == DType::kFloat32 && variant.streamed) {
      StreamFloats<layout, kScaled>(from, strip, half_width, rows.factors, cos, sin);
    } else if constexpr (dtype == DType::kFloat32) {
      FillFloats<layout, kScaled>(from, strip, half_width, rows.factors, cos, sin);
    } else if constexpr (variant.streamed) {
      StreamHalves<dtype, layout, kScaled, kUnit>(from, strip, half_width, rows.factors, cos, sin);
    } else {
      FillHalves<dtype, layout, kScaled, kUnit>(from, strip, half_width, rows.factors, cos, sin);
    }
  }
}

template <DType dtype, Layout layout, bool kStreamed, bool kScaled>
void FillAllStrips(const Rows& rows) {
  ForEachStrip(rows.inv_freq, rows.half_width, [&](const Strip& strip) {
    if constexpr (dtype == DType::kBFloat16) {
      if (CanUseBFloat16Unit(strip, rows.factors)) {
        return FillStrip<dtype, layout, Variant{kStreamed, kScaled, true}>(rows, strip);
      }
    }
    FillStrip<dtype, layout, Variant{kStreamed, kScaled, false}>(rows, strip);
  });
}

template <bool kStreamed>
struct Avx512Rows {
  using Function = FillRowsFunction;
  static constexpr bool kHasFloat64 = false;

  template <DType dtype, Layout layout>
  static void Fill(const float* positions, int64_t rows, const float* inv_freq, int64_t half_width,
                   const RowFactors& factors, const TableRows& out) {
    const bool scaled = factors.cos != 1.0F || factors.sin != 1.0F;
    const auto fill = scaled ? FillAllStrips<dtype, layout, kStreamed, true>
                             : FillAllStrips<dtype, layout, kStreamed, false>;
    fill({positions, rows, inv_freq, half_width, factors, out});
    if constexpr (kStreamed) _mm_sfence();
  }
};

}  // namespace

FillRowsFunction FillRowsAvx512(TableForm form) { return InstanceFor<Avx512Rows<false>>(form); }

FillRowsFunction StreamRowsAvx512(TableForm form) { return InstanceFor<Avx512Rows<true>>(form); }

FillExactRowsFunction FillExactRowsAvx512(TableForm form) {
  return InstanceFor<ExactRows<true>>(form);
}

}  // namespace rope
