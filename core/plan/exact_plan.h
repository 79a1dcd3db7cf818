// ExactPlan: what tables of profile `exact` are computed from.
//
// It holds the frequencies and the attention factor as real numbers, and the same numbers split
// into doubles. The doubles are for backends that compute in doubles first, and use arbitrary
// precision only for the entries whose rounding is then in doubt.
#pragma once

#include <vector>

#include "core/numerics/real.h"
#include "core/rope_types/rope_type.h"

namespace rope {

// A real number as the unevaluated sum high + low + rest. `high` is the double nearest to the
// number, `low` the double nearest to what `high` leaves over, and `rest` the double nearest to
// what both leave over. The relative error is below 2^-106 for high + low, and below 2^-159 for all
// three.
struct SplitReal {
  double high = 0.0;
  double low = 0.0;
  double rest = 0.0;
};

// Splits x into doubles. Pure. The bounds above hold if no part of x underflows or overflows a
// double.
SplitReal Split(const Real& x);

// Immutable once made, so several threads may read it.
struct ExactPlan {
  explicit ExactPlan(ExactFrequencies frequencies);

  // The values of the formulas: inv_freq in radians per position, and the attention factor.
  ExactFrequencies real;

  // inv_freq[i] in quarter turns per position, modulo 4: 2/pi inv_freq[i] in [0, 4), split into
  // doubles. Whole turns are left out, because at whole positions they do not change the angle.
  std::vector<double> quarter_turns_high;
  std::vector<double> quarter_turns_low;
  std::vector<double> quarter_turns_rest;

  // real.attention_factor, split into doubles.
  SplitReal attention_factor;

  // True if every number above is 0 or so far from the ends of a double's range that the kernels'
  // products cannot underflow or overflow. If false, only arbitrary precision may be used.
  bool fits_doubles = true;
};

}  // namespace rope
