// The loops of ApplyRotary for AVX2 (256-bit vectors).
#include <immintrin.h>

#include "core/rotation/kernels/kernel_entries.h"
#include "core/rotation/kernels/rotate_rows.inl.h"

namespace rope::rotation {
namespace {

struct Lanes : VectorsOf<8> {
  static Floats Widen(Halves halves) { return _mm256_cvtph_ps(reinterpret_cast<__m128i>(halves)); }
  static Words Extend(Halves halves) {
    return reinterpret_cast<Words>(_mm256_cvtepu16_epi32(reinterpret_cast<__m128i>(halves)));
  }
  static Halves Truncate(Words words) { return __builtin_convertvector(words, Halves); }
  static Halves Narrow(Floats floats) {
    return reinterpret_cast<Halves>(_mm256_cvtps_ph(floats, _MM_FROUND_TO_NEAREST_INT));
  }
};

}  // namespace

RotateRowsFunction RotateRowsAvx2(const Loop& loop) { return ChooseLoop<Lanes>(loop); }

}  // namespace rope::rotation
