#include "core/numerics/correctly_rounded.h"

#include <cmath>

#include "core/numerics/real.h"

namespace rope {

// Each function rounds twice: to the precision of Real, and then to that of the result. That gives
// a wrong result only if the value is within 2^-300 of the middle between two results without being
// exactly there. The hardest known cases of these functions need about 120 bits.

double CorrectlyRoundedLog(double x) { return Log(x).ToDouble(); }

float CorrectlyRoundedExpf(float x) { return Exp(static_cast<double>(x)).ToFloat(); }

double CorrectlyRoundedPow(double base, double exponent) { return Pow(base, exponent).ToDouble(); }

float CorrectlyRoundedPowf(float base, float exponent) {
  return Pow(static_cast<double>(base), static_cast<double>(exponent)).ToFloat();
}

CosSin CorrectlyRoundedCosSin(float angle) {
  Real cos;
  Real sin;
  CosSinOf(static_cast<double>(angle), &cos, &sin);
  return {cos.ToFloat(), sin.ToFloat()};
}

namespace {

// Whether all numbers within 2^-45 of `value`, relatively, round to the same float.
bool RoundsSafely(double value) {
  const double margin = value * 0x1p-45;
  return static_cast<float>(value - margin) == static_cast<float>(value + margin);
}

}  // namespace

float CorrectlyRoundedLogf(float x) {
  const double log = std::log(static_cast<double>(x));
  return RoundsSafely(log) ? static_cast<float>(log) : Log(static_cast<double>(x)).ToFloat();
}

CosSin CorrectlyRoundedCosSin(double angle) {
  const double cos = std::cos(angle);
  const double sin = std::sin(angle);
  if (RoundsSafely(cos) && RoundsSafely(sin)) {
    return {static_cast<float>(cos), static_cast<float>(sin)};
  }
  Real exact_cos;
  Real exact_sin;
  CosSinOf(angle, &exact_cos, &exact_sin);
  return {exact_cos.ToFloat(), exact_sin.ToFloat()};
}

}  // namespace rope
