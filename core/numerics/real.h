// Real: a number of arbitrary-precision arithmetic, for formulas that are to be rounded once at the
// end. 320 bits: whatever is made of a few dozen operations on doubles keeps some 300 of them, so
// that one rounding to a double or less is the rounding of the real value, unless that lies within
// 2^-200 of the middle of two such numbers without being there.
//
// A value like any other, NaN and infinities included; not for inner loops (microseconds for a
// logarithm). Thread-safe as a double is. Results are the same on every host.
#pragma once

#include <mpfr.h>

#include <cstdint>
#include <string>

namespace rope {

class Real {
 public:
  static constexpr mpfr_prec_t kPrecision = 320;

  Real() : Real(0.0) {}
  Real(double value);  // NOLINT(google-explicit-constructor): a double is a real number
  Real(const Real& other);
  Real& operator=(const Real& other);
  ~Real() { mpfr_clear(value_); }

  friend Real operator+(const Real& a, const Real& b);
  friend Real operator-(const Real& a, const Real& b);
  friend Real operator*(const Real& a, const Real& b);
  friend Real operator/(const Real& a, const Real& b);
  friend bool operator<(const Real& a, const Real& b) {
    return mpfr_less_p(a.value_, b.value_) != 0;
  }
  friend bool operator==(const Real& a, const Real& b) {
    return mpfr_equal_p(a.value_, b.value_) != 0;
  }

  // Each rounded once, to nearest even.
  double ToDouble() const { return mpfr_get_d(value_, MPFR_RNDN); }
  float ToFloat() const { return mpfr_get_flt(value_, MPFR_RNDN); }
  // To odd: a second rounding, to a format of at most 22 bits, then gives what one would have
  // given.
  float ToFloatRoundedToOdd() const;

  // A text that equal numbers, and only they, have in common; the same on every host.
  std::string Canonical() const;

  mpfr_srcptr value() const { return value_; }
  mpfr_ptr value() { return value_; }

 private:
  mpfr_t value_;
};

Real Pi();
Real Log(const Real& x);
Real Sqrt(const Real& x);
Real Pow(const Real& base, const Real& exponent);
Real Floor(const Real& x);
Real Ceil(const Real& x);
void CosSinOf(const Real& angle, Real* cos, Real* sin);

inline Real Max(const Real& a, const Real& b) { return a < b ? b : a; }
inline Real Min(const Real& a, const Real& b) { return b < a ? b : a; }

}  // namespace rope
