// Other implementations of float32 sine and cosine. Each fills the rows of a compact table: entry i
// of row r is the cosine, or sine, of positions[r] * inv_freq[i]. half_width is a multiple of 16.
#pragma once

#include <cstdint>

namespace rope::bench {

using SincosfRows = void (*)(const float* positions, int64_t rows, const float* inv_freq,
                             int64_t half_width, float* cos, float* sin);

// The C library's sincosf, one call for each entry.
void CLibraryRows(const float* positions, int64_t rows, const float* inv_freq, int64_t half_width,
                  float* cos, float* sin);

// libsleef's sincosf with an error of at most 1.0 ulp. x86-64 only. REQUIRES that the host has the
// instructions.
void SleefAvx2Rows(const float* positions, int64_t rows, const float* inv_freq, int64_t half_width,
                   float* cos, float* sin);
void SleefAvx512Rows(const float* positions, int64_t rows, const float* inv_freq,
                     int64_t half_width, float* cos, float* sin);

}  // namespace rope::bench
