#include "core/rope_types/base_frequencies.h"

#include "absl/types/span.h"
#include "core/numerics/torch_pow.h"

namespace rope {

std::vector<float> ThetaPowers(double theta, int64_t exponent_dim, int64_t count) {
  std::vector<float> exponents(count);
  for (int64_t i = 0; i < count; ++i) {
    exponents[i] = static_cast<float>(2 * i) / static_cast<float>(exponent_dim);
  }
  std::vector<float> powers(count);
  TorchPow(static_cast<float>(theta), exponents, absl::MakeSpan(powers));
  return powers;
}

std::vector<float> DefaultInvFreq(double theta, int64_t rotary_dim) {
  std::vector<float> inv_freq = ThetaPowers(theta, rotary_dim, (rotary_dim + 1) / 2);
  for (float& w : inv_freq) w = 1.0F / w;
  return inv_freq;
}

std::vector<Real> ExactInvFreq(const Real& theta, int64_t exponent_dim, int64_t count) {
  std::vector<Real> inv_freq;
  inv_freq.reserve(count);
  for (int64_t i = 0; i < count; ++i) {
    const Real exponent = Real(static_cast<double>(-2 * i)) / static_cast<double>(exponent_dim);
    inv_freq.push_back(Pow(theta, exponent));
  }
  return inv_freq;
}

}  // namespace rope
