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
  return static_cast<float>(scaling.beta) * CorrectlyRoundedLogf(1.0F + steps) + 1.0F;
}

}  // namespace rope
