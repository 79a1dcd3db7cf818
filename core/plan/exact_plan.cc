#include "core/plan/exact_plan.h"

#include <cmath>
#include <utility>

namespace rope {
namespace {

// A double's range is about 2^-1074 to 2^1024. A kernel multiplies two of these numbers and a
// position below 2^31, and keeps the products' last bits, 2^-106 below the first. Numbers within
// these limits leave ample room for that.
constexpr double kSmallest = 0x1p-400;
constexpr double kLargest = 0x1p+400;

bool FitsDoubles(double x) {
  return x == 0.0 || (std::fabs(x) >= kSmallest && std::fabs(x) <= kLargest);
}

}  // namespace

SplitReal Split(const Real& x) {
  SplitReal split;
  split.high = x.ToDouble();
  const Real after_high = x - split.high;
  split.low = after_high.ToDouble();
  split.rest = (after_high - split.low).ToDouble();
  return split;
}

ExactPlan::ExactPlan(ExactFrequencies frequencies) : real(std::move(frequencies)) {
  attention_factor = Split(real.attention_factor);
  fits_doubles = FitsDoubles(attention_factor.high);
  const Real per_radian = 2.0 / Pi();
  for (const Real& w : real.inv_freq) {
    const Real turns = w * per_radian;
    const SplitReal split = Split(turns - 4.0 * Floor(turns / 4.0));
    quarter_turns_high.push_back(split.high);
    quarter_turns_low.push_back(split.low);
    quarter_turns_rest.push_back(split.rest);
    fits_doubles = fits_doubles && FitsDoubles(split.high);
  }
}

}  // namespace rope
