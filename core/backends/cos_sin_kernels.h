// Kernels: the inner loop of the cpu backend, one for each instruction set, all with the same
// results.
//
// A kernel is stateless and knows neither dtypes nor layouts nor threads: it turns positions and
// frequencies into float32 half rows. Its cos and sin are functions of the float32 angle alone,
// which makes them provable: tools/prove_rounding compares every float32 angle in [0, 2^31] with
// the correctly rounded value.
#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rope {

// Angles beyond this are not the kernels' business: the cpu backend computes them one by one.
inline constexpr float kMaxKernelAngle = 0x1p31F;

struct CosSinKernel {
  absl::string_view name;  // "avx512", "avx2", "portable"

  // Can this host run it? Constant.
  bool (*supported)();

  // cos[r * half_width + i] and sin[...] of float32(positions[r] * inv_freq[i]), correctly rounded,
  // times attention_factor. Positions are whole numbers rounded to float32, >= 0; every angle lies
  // in [0, kMaxKernelAngle] or its entries are unspecified. No alignment is needed. Thread-safe.
  void (*fill)(const float* positions, int64_t rows, const float* inv_freq, int64_t half_width,
               float attention_factor, float* cos, float* sin);
};

// Best first; "portable", which runs everywhere, last. Those for other architectures are not there.
absl::Span<const CosSinKernel> AllCosSinKernels();

// The first supported one. Found once, constant afterwards.
const CosSinKernel& BestCosSinKernel();

}  // namespace rope
