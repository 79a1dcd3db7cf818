#include "core/rope_types/attention/attention_scaling.h"

#include <cmath>

#include "core/numerics/correctly_rounded.h"
#include "core/rope_types/formula_terms.h"

namespace rope {

double SoftmaxScaleFactor(double factor, double mscale_all_dim) {
  const double mscale = MagnitudeScale<double>(factor, mscale_all_dim);
  return mscale * mscale;
}

float QueryScale(const QueryScaling& scaling, double position) {
  const float token = static_cast<float>(position) + static_cast<float>(scaling.first);
  const float steps = std::floor(token / static_cast<float>(scaling.interval));
  const float argument = 1.0F + steps;
  const auto log = static_cast<float>(CorrectlyRoundedLog(static_cast<double>(argument)));
  return static_cast<float>(scaling.beta) * log + 1.0F;
}

}  // namespace rope
