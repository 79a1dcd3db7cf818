// float32 powers with the bits that torch's CPU tensors have for `base ** exponents` on x86.
//
// torch passes full groups of 16 lanes (two AVX2 vectors) to SLEEF's `powf u10` in its FMA form,
// and the lanes left over to the C library's powf. This file computes
//   - full groups by a portable restatement of that SLEEF routine: one float at a time, with fused
//     operations written as std::fma, without a particular instruction set;
//   - the lanes left over by a restatement of glibc's powf (glibc_powf.h), so that no bit depends
//   on
//     the host's C library.
// With AVX-512 torch takes groups of 32 lanes. It can then differ from this file in a lane if the
// number of lanes is not a multiple of 32.
//
// The formulas are those of SLEEF 3.5.1 (N. Shibata and others, Boost Software License 1.0),
// https://sleef.org. Results are at most 1 ulp from the correctly rounded value.
#pragma once

#include "absl/types/span.h"

namespace rope {

// out[i] = base ** exponents[i], or NaN in every lane unless 0 < base <= 2^127. REQUIRES
// exponents in [0, 1] and out.size() == exponents.size(). Pure.
void TorchPow(float base, absl::Span<const float> exponents, absl::Span<float> out);

// SLEEF's routine for one lane of a full group. REQUIRES 0 < base <= 2^127 and exponent in [0, 1].
// Pure.
float SleefPow(float base, float exponent);

}  // namespace rope
