#include "core/numerics/correctly_rounded.h"

#include "core/numerics/real.h"

namespace rope {

// Each rounds twice, to Real's precision and then to the result's. That could go wrong only for a
// value within 2^-300 of the middle of two results without being exactly there; the hardest cases
// known of these functions need about 120 bits.

double CorrectlyRoundedLog(double x) { return Log(x).ToDouble(); }

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
