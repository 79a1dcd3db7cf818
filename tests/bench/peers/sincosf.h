// Others' float32 sine and cosine, over rows of a compact table: entry i of row r, of cos and of
// sin, is that of positions[r] * inv_freq[i]. half_width is a multiple of 16.
#pragma once

#include <cstdint>

namespace rope::bench {

using SincosfRows = void (*)(const float* positions, int64_t rows, const float* inv_freq,
                             int64_t half_width, float* cos, float* sin);

// The C library's sincosf, one call an entry.
void CLibraryRows(const float* positions, int64_t rows, const float* inv_freq, int64_t half_width,
                  float* cos, float* sin);

// libsleef's sincosf with an error of 1.0 ulp. x86-64 only; the host must have the instructions.
void SleefAvx2Rows(const float* positions, int64_t rows, const float* inv_freq, int64_t half_width,
                   float* cos, float* sin);
void SleefAvx512Rows(const float* positions, int64_t rows, const float* inv_freq,
                     int64_t half_width, float* cos, float* sin);

}  // namespace rope::bench
