// The entry points of the kernel files; see CosSinKernel::fill. The list is in cos_sin_kernels.cc.
// Plain types only: kernel files must not instantiate code that other files share.
#pragma once

#include <cstdint>

namespace rope {

void FillHalfRowsPortable(const float* positions, int64_t rows, const float* inv_freq,
                          int64_t half_width, float attention_factor, float* cos, float* sin);
void FillHalfRowsAvx2(const float* positions, int64_t rows, const float* inv_freq,
                      int64_t half_width, float attention_factor, float* cos, float* sin);
void FillHalfRowsAvx512(const float* positions, int64_t rows, const float* inv_freq,
                        int64_t half_width, float attention_factor, float* cos, float* sin);

}  // namespace rope
