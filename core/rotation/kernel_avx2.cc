// The loops of ApplyRotary for AVX2 (256-bit vectors).
#include <immintrin.h>

#include "core/rotation/kernel_entries.h"
#include "core/rotation/rotate_rows.inl.h"

namespace rope::rotation {

RotateRowsFunction RotateRowsAvx2(const Loop& loop) { return ChooseLoop(loop); }

void StreamAvx2(const std::byte* from, int64_t bytes, std::byte* to) {
  for (int64_t i = 0; i < bytes; i += 32) {
    const __m256i values = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + i));
    _mm256_stream_si256(reinterpret_cast<__m256i*>(to + i), values);
  }
  _mm_sfence();
}

}  // namespace rope::rotation
