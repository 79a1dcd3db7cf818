// float32 powers, bit for bit as torch's CPU tensors compute `base ** exponents` on x86.
//
// torch hands whole blocks of 16 lanes (two AVX2 vectors) to SLEEF's `powf u10` in its FMA form and
// the lanes left over to the C library. Here: blocks by a portable restatement of that SLEEF
// routine (one float at a time, fused operations written as fmaf, no instruction set required), the
// rest by the correctly rounded power, so that no bit depends on a host's C library. Hosts on which
// torch uses blocks of 32 lanes (AVX-512) may differ in a lane where the count modulo 32 is not 0;
// the rule of 16 is ours.
//
// The formulas are those of SLEEF 3.5.1 (N. Shibata and others, Boost Software License 1.0),
// https://sleef.org; at most 1 ulp from the correctly rounded value.
#pragma once

#include "absl/types/span.h"

namespace rope {

// out[i] = base ** exponents[i]; NaN in every lane unless 0 < base <= 2^127. REQUIRES exponents in
// [0, 1], equally many. Pure.
void TorchPow(float base, absl::Span<const float> exponents, absl::Span<float> out);

// The routine for one lane of a whole block. REQUIRES 0 < base <= 2^127, 0 <= exponent <= 1.
float SleefPow(float base, float exponent);

}  // namespace rope
