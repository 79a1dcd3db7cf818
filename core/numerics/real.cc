#include "core/numerics/real.h"

#include <bit>
#include <memory>

namespace rope {
namespace {

// MPFR caches constants (pi, log 2) for each thread. This frees a thread's cache when the thread
// ends.
struct ThreadConstants {
  ~ThreadConstants() { mpfr_free_cache(); }
};

// Must be called before every function of MPFR that uses the cache.
void FreeConstantsAtThreadEnd() {
  thread_local const ThreadConstants constants;
  (void)constants;
}

}  // namespace

Real::Real(double value) {
  mpfr_init2(value_, kPrecision);
  mpfr_set_d(value_, value, MPFR_RNDN);
}

Real::Real(const Real& other) {
  mpfr_init2(value_, kPrecision);
  mpfr_set(value_, other.value_, MPFR_RNDN);
}

Real& Real::operator=(const Real& other) {
  mpfr_set(value_, other.value_, MPFR_RNDN);
  return *this;
}

Real operator+(const Real& a, const Real& b) {
  Real sum;
  mpfr_add(sum.value_, a.value_, b.value_, MPFR_RNDN);
  return sum;
}
Real operator-(const Real& a, const Real& b) {
  Real difference;
  mpfr_sub(difference.value_, a.value_, b.value_, MPFR_RNDN);
  return difference;
}
Real operator*(const Real& a, const Real& b) {
  Real product;
  mpfr_mul(product.value_, a.value_, b.value_, MPFR_RNDN);
  return product;
}
Real operator/(const Real& a, const Real& b) {
  Real quotient;
  mpfr_div(quotient.value_, a.value_, b.value_, MPFR_RNDN);
  return quotient;
}

float Real::ToFloatRoundedToOdd() const {
  const float truncated = mpfr_get_flt(value_, MPFR_RNDZ);
  if (mpfr_cmp_d(value_, static_cast<double>(truncated)) == 0) return truncated;
  return std::bit_cast<float>(std::bit_cast<uint32_t>(truncated) | 1U);
}

std::string Real::Canonical() const {
  constexpr int kBase = 16;
  constexpr size_t kAllDigits = 0;  // MPFR then writes as many as the number needs
  mpfr_exp_t exponent = 0;
  const std::unique_ptr<char, void (*)(char*)> digits(
      mpfr_get_str(nullptr, &exponent, kBase, kAllDigits, value_, MPFR_RNDN), mpfr_free_str);
  return std::string(digits.get()) + "@" + std::to_string(exponent);
}

Real Pi() {
  FreeConstantsAtThreadEnd();
  Real pi;
  mpfr_const_pi(pi.value(), MPFR_RNDN);
  return pi;
}

Real Log(const Real& x) {
  FreeConstantsAtThreadEnd();
  Real result;
  mpfr_log(result.value(), x.value(), MPFR_RNDN);
  return result;
}

Real Exp(const Real& x) {
  FreeConstantsAtThreadEnd();
  Real result;
  mpfr_exp(result.value(), x.value(), MPFR_RNDN);
  return result;
}

Real Sqrt(const Real& x) {
  Real result;
  mpfr_sqrt(result.value(), x.value(), MPFR_RNDN);
  return result;
}

Real Pow(const Real& base, const Real& exponent) {
  FreeConstantsAtThreadEnd();
  Real result;
  mpfr_pow(result.value(), base.value(), exponent.value(), MPFR_RNDN);
  return result;
}

Real Floor(const Real& x) {
  Real result;
  mpfr_floor(result.value(), x.value());
  return result;
}

Real Ceil(const Real& x) {
  Real result;
  mpfr_ceil(result.value(), x.value());
  return result;
}

void CosSinOf(const Real& angle, Real* cos, Real* sin) {
  FreeConstantsAtThreadEnd();
  mpfr_sin_cos(sin->value(), cos->value(), angle.value(), MPFR_RNDN);
}

}  // namespace rope
