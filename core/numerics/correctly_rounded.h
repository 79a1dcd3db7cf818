// Elementary functions whose every result is the correctly rounded one, by arbitrary precision.
//
// "Correctly rounded": the real value of the function at exactly these arguments, rounded once to
// nearest even. That is a property of numbers, not of a host: results are the same everywhere,
// whatever C library or instruction set there is. Microseconds per call: for plans, references and
// doubtful cases, not for tables. Thread-safe. Special values follow IEEE 754 (NaN in, NaN out;
// log(0) = -inf).
#pragma once

namespace rope {

double CorrectlyRoundedLog(double x);
double CorrectlyRoundedPow(double base, double exponent);
float CorrectlyRoundedPowf(float base, float exponent);

struct CosSin {
  float cos;
  float sin;
};

// Both NaN for an infinite or NaN angle.
CosSin CorrectlyRoundedCosSin(float angle);

}  // namespace rope
