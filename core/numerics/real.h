// Real: a number of arbitrary-precision arithmetic, for formulas that are rounded only once, at the
// end.
//
// A Real has 320 bits. After a few dozen operations on doubles about 300 of them are still right.
// Rounding such a result to a double or a shorter format therefore gives the same as rounding the
// real value, unless that value is within 2^-200 of the middle between two results without being
// exactly there.
//
// Real is a value type like double, with NaN and infinities. Each object owns its memory. Different
// threads may use different objects, and read the same one. Operations take up to microseconds (a
// logarithm), too long for inner loops. Results are the same on every host.
#pragma once

#include <mpfr.h>

#include <cstdint>
#include <string>

namespace rope {

class Real {
 public:
  // Bits of the significand.
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

  // The nearest double and the nearest float, ties to even.
  double ToDouble() const { return mpfr_get_d(value_, MPFR_RNDN); }
  float ToFloat() const { return mpfr_get_flt(value_, MPFR_RNDN); }
  // The float nearest towards 0, with its last bit set if it is not exact. Rounding this result to
  // a format of at most 22 bits gives the same as rounding the Real itself (S. Boldo, G. Melquiond,
  // "Emulation of a FMA and correctly rounded sums: proved algorithms using rounding to odd",
  // 2008).
  float ToFloatRoundedToOdd() const;

  // A text for keys: equal numbers have the same text, and different numbers have different texts.
  // It is the same on every host.
  std::string Canonical() const;

  // The number for MPFR's own functions. Valid as long as this object.
  mpfr_srcptr value() const { return value_; }
  mpfr_ptr value() { return value_; }

 private:
  mpfr_t value_;
};

// Each result is rounded once, to the nearest Real. The functions are pure and thread-safe.
Real Pi();
Real Log(const Real& x);
Real Exp(const Real& x);
Real Sqrt(const Real& x);
Real Pow(const Real& base, const Real& exponent);
Real Floor(const Real& x);
Real Ceil(const Real& x);
// `angle` is in radians. REQUIRES that cos and sin are different objects.
void CosSinOf(const Real& angle, Real* cos, Real* sin);

inline Real Max(const Real& a, const Real& b) { return a < b ? b : a; }
inline Real Min(const Real& a, const Real& b) { return b < a ? b : a; }

}  // namespace rope
