// ExactPlan: what tables of profile `exact` are computed from.
//
// The frequencies and the attention factor as real numbers, and the same split into doubles for
// backends that compute in doubles first and ask arbitrary precision only where they are in doubt.
#pragma once

#include <vector>

#include "core/numerics/real.h"
#include "core/rope_types/rope_type.h"

namespace rope {

// A real number as an unevaluated sum of doubles, each the nearest to what those before leave over:
// high + low to 2^-106 of the number, all three to 2^-159.
struct SplitReal {
  double high = 0.0;
  double low = 0.0;
  double rest = 0.0;
};

SplitReal Split(const Real& x);

struct ExactPlan {
  explicit ExactPlan(ExactFrequencies frequencies);

  ExactFrequencies real;

  // inv_freq[i] in quarter turns per position, 2/pi inv_freq[i] modulo 4 in [0, 4): the angle of a
  // whole position needs no more. One vector for each part of SplitReal.
  std::vector<double> quarter_turns_high;
  std::vector<double> quarter_turns_low;
  std::vector<double> quarter_turns_rest;
  SplitReal attention_factor;

  // Nothing above is so small or so large that products of it could underflow or overflow a double.
  bool fits_doubles = true;
};

}  // namespace rope
