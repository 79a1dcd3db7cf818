#include "core/backends/cos_sin_body.h"
#include "core/backends/kernel_entries.h"

namespace rope {

void FillHalfRowsAvx512(const float* positions, int64_t rows, const float* inv_freq,
                        int64_t half_width, float attention_factor, float* cos, float* sin) {
  FillHalfRows<true>(positions, rows, inv_freq, half_width, attention_factor, cos, sin);
}

}  // namespace rope
