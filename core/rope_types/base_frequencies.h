// What every type starts from: the geometric progression of RoFormer (Su et al. 2021, arXiv
// 2104.09864), inv_freq_i = rope_theta^(-2i/d).
#pragma once

#include <cstdint>
#include <vector>

#include "core/numerics/real.h"

namespace rope {

// float32(theta) ** (float32(2i) / float32(exponent_dim)) for i in [0, count), as torch computes
// it; NaN where theta is not in (0, 2^127]. REQUIRES 0 <= 2 * count <= exponent_dim + 1.
std::vector<float> ThetaPowers(double theta, int64_t exponent_dim, int64_t count);

// 1 / ThetaPowers for all ceil(rotary_dim / 2) frequencies.
std::vector<float> DefaultInvFreq(double theta, int64_t rotary_dim);

// The same in real arithmetic: theta^(-2i / exponent_dim) for i in [0, count).
std::vector<Real> ExactInvFreq(const Real& theta, int64_t exponent_dim, int64_t count);

}  // namespace rope
