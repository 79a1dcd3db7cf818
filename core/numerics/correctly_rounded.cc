#include "core/numerics/correctly_rounded.h"

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

}  // namespace rope
