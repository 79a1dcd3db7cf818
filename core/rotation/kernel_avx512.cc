// The loops of ApplyRotary for AVX-512 (512-bit vectors).
#include <immintrin.h>

#include "core/rotation/kernel_entries.h"
#include "core/rotation/rotate_rows.inl.h"

namespace rope::rotation {

RotateRowsFunction RotateRowsAvx512(const Loop& loop) { return ChooseLoop(loop); }

void StreamAvx512(const std::byte* from, int64_t bytes, std::byte* to) {
  for (int64_t i = 0; i < bytes; i += 64) {
    _mm512_stream_si512(reinterpret_cast<__m512i*>(to + i), _mm512_loadu_si512(from + i));
  }
  _mm_sfence();
}

}  // namespace rope::rotation
