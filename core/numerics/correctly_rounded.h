// Elementary functions whose results are always correctly rounded, by arbitrary precision.
//
// "Correctly rounded" means: the real value of the function at exactly these arguments, rounded
// once to the nearest number of the result's type, ties to even. That is a property of the numbers
// alone. Results therefore do not depend on the C library or the processor.
//
// A call takes microseconds. That is fast enough for plans, for references and for doubtful cases,
// but not for tables. The functions are pure and thread-safe. Special values follow IEEE 754: NaN
// in, NaN out; log(0) = -infinity.
#pragma once

namespace rope {

// The natural logarithm.
double CorrectlyRoundedLog(double x);
// Faster: it asks the C library first, as CorrectlyRoundedCosSin(double) does.
float CorrectlyRoundedLogf(float x);

// e to the power of x.
float CorrectlyRoundedExpf(float x);

// base to the power of exponent, as a double and as a float.
double CorrectlyRoundedPow(double base, double exponent);
float CorrectlyRoundedPowf(float base, float exponent);

// The cosine and the sine of one angle.
struct CosSin {
  float cos;
  float sin;
};

// `angle` is in radians. Both results are NaN if it is infinite or NaN.
CosSin CorrectlyRoundedCosSin(float angle);

// The same for an angle in double, and faster: it asks the C library first, and takes its answer
// where an error of 2^-45 of it cannot change the rounding. The error of every C library in use is
// far smaller, so that results do not depend on it.
CosSin CorrectlyRoundedCosSin(double angle);

}  // namespace rope
