// powf with the bits of the GNU C library.
//
// torch computes the lanes that are left over behind groups of 16 with the C library's powf.
// glibc's has had the same bits since version 2.28: double arithmetic with two tables and two
// polynomials, from Arm's Optimized Routines (MIT license,
// https://github.com/ARM-software/optimized-routines, math/powf.c), in the form with fused
// multiply-adds that glibc chooses on hosts that have them. This file states that algorithm again,
// so that no bit depends on the host's C library. The result is at most 0.52 ulp from the real
// power: not always its nearest float32, but in all but 1 of some 1600 cases.
#pragma once

namespace rope {

// base ** exponent. REQUIRES 0 < base <= 2^127 and exponent in [0, 1]. Pure and thread-safe.
float GlibcPowf(float base, float exponent);

}  // namespace rope
