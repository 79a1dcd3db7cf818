#include "core/numerics/correctly_rounded.h"

#include <mpfr.h>

namespace rope {
namespace {

// Bits of the intermediate result. Twice rounding (to 300 bits, then to a float) could go wrong
// only for a value within 2^-300 of the middle of two floats without being exactly there; the
// hardest cases known of these functions need about 120 bits.
constexpr mpfr_prec_t kPrecision = 300;

// A number of MPFR's, freed at the end of its scope.
class Real {
 public:
  Real() { mpfr_init2(value_, kPrecision); }
  explicit Real(double x) : Real() { mpfr_set_d(value_, x, MPFR_RNDN); }
  ~Real() { mpfr_clear(value_); }
  Real(const Real&) = delete;
  Real& operator=(const Real&) = delete;

  // NOLINTNEXTLINE(google-explicit-constructor): what MPFR's functions take
  operator mpfr_ptr() { return value_; }

 private:
  mpfr_t value_;
};

// MPFR keeps constants (pi, log 2) per thread; they are given back when the thread ends.
struct ThreadConstants {
  ~ThreadConstants() { mpfr_free_cache(); }
};

void KeepThreadConstants() {
  thread_local const ThreadConstants constants;
  (void)constants;
}

}  // namespace

double CorrectlyRoundedLog(double x) {
  KeepThreadConstants();
  Real value(x);
  mpfr_log(value, value, MPFR_RNDN);
  return mpfr_get_d(value, MPFR_RNDN);
}

double CorrectlyRoundedPow(double base, double exponent) {
  KeepThreadConstants();
  Real value(base);
  Real power(exponent);
  mpfr_pow(value, value, power, MPFR_RNDN);
  return mpfr_get_d(value, MPFR_RNDN);
}

float CorrectlyRoundedPowf(float base, float exponent) {
  KeepThreadConstants();
  Real value(base);
  Real power(exponent);
  mpfr_pow(value, value, power, MPFR_RNDN);
  return mpfr_get_flt(value, MPFR_RNDN);
}

CosSin CorrectlyRoundedCosSin(float angle) {
  KeepThreadConstants();
  Real value(angle);
  Real cosine;
  Real sine;
  mpfr_sin_cos(sine, cosine, value, MPFR_RNDN);
  return {mpfr_get_flt(cosine, MPFR_RNDN), mpfr_get_flt(sine, MPFR_RNDN)};
}

}  // namespace rope
