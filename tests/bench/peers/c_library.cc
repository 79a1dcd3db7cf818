#include <cmath>

#include "tests/bench/peers/sincosf.h"

namespace rope::bench {

void CLibraryRows(const float* positions, int64_t rows, const float* inv_freq, int64_t half_width,
                  float* cos, float* sin) {
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t i = 0; i < half_width; ++i) {
      const int64_t entry = row * half_width + i;
      sincosf(positions[row] * inv_freq[i], &sin[entry], &cos[entry]);
    }
  }
}

}  // namespace rope::bench
