// The loops of ApplyRotary for AVX-512 (512-bit vectors).
#include <immintrin.h>

#include "core/rotation/kernels/kernel_entries.h"
#include "core/rotation/kernels/rotate_rows.inl.h"

namespace rope::rotation {
namespace {

struct Lanes : VectorsOf<16> {
  // The forms without a mask make g++ 12 warn of a variable in its own header.
  static constexpr __mmask16 kAll = 0xffff;

  static Floats Widen(Halves halves) {
    return reinterpret_cast<Floats>(_mm512_maskz_cvtph_ps(kAll, reinterpret_cast<__m256i>(halves)));
  }
  static Words Extend(Halves halves) {
    return reinterpret_cast<Words>(
        _mm512_maskz_cvtepu16_epi32(kAll, reinterpret_cast<__m256i>(halves)));
  }
  static Halves Truncate(Words words) {
    return reinterpret_cast<Halves>(
        _mm512_maskz_cvtepi32_epi16(kAll, reinterpret_cast<__m512i>(words)));
  }
  static Halves Narrow(Floats floats) {
    return reinterpret_cast<Halves>(_mm512_maskz_cvtps_ph(kAll, floats, _MM_FROUND_TO_NEAREST_INT));
  }
};

}  // namespace

RotateRowsFunction RotateRowsAvx512(const Loop& loop) { return ChooseLoop<Lanes>(loop); }

}  // namespace rope::rotation
