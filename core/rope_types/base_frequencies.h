// The geometric progression of RoFormer (Su et al. 2021, arXiv 2104.09864): inv_freq_i =
// rope_theta^(-2i/d), in radians per position. Every type starts from it. All functions here are
// pure.
#pragma once

#include <cstdint>
#include <vector>

#include "core/numerics/real.h"

namespace rope {

// rope_theta^(2i/exponent_dim) for i in [0, count), in float32 as torch computes it:
// float32(theta) ** (float32(2i) / float32(exponent_dim)). All NaN unless 0 < theta <= 2^127.
// REQUIRES 0 <= 2 * count <= exponent_dim + 1.
std::vector<float> ThetaPowers(double theta, int64_t exponent_dim, int64_t count);

// 1 / ThetaPowers for all ceil(rotary_dim / 2) frequencies.
std::vector<float> DefaultInvFreq(double theta, int64_t rotary_dim);

// theta^(-2i/exponent_dim) for i in [0, count), in real arithmetic.
std::vector<Real> ExactInvFreq(const Real& theta, int64_t exponent_dim, int64_t count);

}  // namespace rope
