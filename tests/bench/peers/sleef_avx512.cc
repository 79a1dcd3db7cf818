// A separate file, because it is compiled for this instruction set.
#if defined(__x86_64__)
#include <immintrin.h>
#include <sleef.h>

#include "tests/bench/peers/sincosf.h"

namespace rope::bench {

void SleefAvx512Rows(const float* positions, int64_t rows, const float* inv_freq,
                     int64_t half_width, float* cos, float* sin) {
  for (int64_t row = 0; row < rows; ++row) {
    const __m512 position = _mm512_set1_ps(positions[row]);
    for (int64_t i = 0; i < half_width; i += 16) {
      const auto value =
          Sleef_sincosf16_u10avx512f(_mm512_mul_ps(position, _mm512_loadu_ps(inv_freq + i)));
      _mm512_storeu_ps(sin + row * half_width + i, value.x);
      _mm512_storeu_ps(cos + row * half_width + i, value.y);
    }
  }
}

}  // namespace rope::bench
#endif
