#include "core/backends/arbitrary_precision.h"

#include <vector>

#include "core/numerics/correctly_rounded.h"
#include "core/numerics/real.h"

namespace rope {
namespace {

void FillHfRow(const FrequencyPlan& plan, double position, const TableForm& form, int64_t row,
               const TableRows& out) {
  const int64_t half_width = plan.half_width();
  const float factor = static_cast<float>(plan.attention_factor);
  const float scaled = static_cast<float>(position) / plan.position_divisor;
  std::vector<float> cos(half_width);
  std::vector<float> sin(half_width);
  for (int64_t i = 0; i < half_width; ++i) {
    const float angle = scaled * plan.inv_freq[i];
    const CosSin value = CorrectlyRoundedCosSin(angle);
    cos[i] = value.cos * factor;
    sin[i] = value.sin * factor * (form.negate_sin ? -1.0F : 1.0F);
  }
  WriteRows(form, half_width, cos.data(), sin.data(), row, 1, out);
}

// Rounds the value to a float or a double, so that converting the result to the form's dtype gives
// the value rounded once. For the 16-bit dtypes this is rounding to odd (see ToFloatRoundedToOdd).
void Round(const Real& value, const TableForm& form, float* to) {
  *to = form.dtype == DType::kFloat32 ? value.ToFloat() : value.ToFloatRoundedToOdd();
}
void Round(const Real& value, const TableForm& /*form*/, double* to) { *to = value.ToDouble(); }

// Appends the cos and the sin of `position`, one per frequency, to the vectors. The sin values are
// negated if the form says so.
template <typename Number>
void RoundRow(const ExactPlan& plan, double position, const TableForm& form,
              std::vector<Number>* cos, std::vector<Number>* sin) {
  const Real& factor = plan.real.attention_factor;
  const Real sin_factor = form.negate_sin ? Real(-1.0) * factor : factor;
  for (const Real& w : plan.real.inv_freq) {
    Real cosine;
    Real sine;
    CosSinOf(position * w, &cosine, &sine);
    Round(cosine * factor, form, &cos->emplace_back());
    Round(sine * sin_factor, form, &sin->emplace_back());
  }
}

void FillExactRow(const ExactPlan& plan, double position, const TableForm& form, int64_t row,
                  const TableRows& out) {
  const auto half_width = static_cast<int64_t>(plan.real.inv_freq.size());
  if (form.dtype == DType::kFloat64) {
    std::vector<double> cos;
    std::vector<double> sin;
    RoundRow(plan, position, form, &cos, &sin);
    WriteRow(form.layout, half_width, cos.data(), sin.data(), row, out);
    return;
  }
  std::vector<float> cos;
  std::vector<float> sin;
  RoundRow(plan, position, form, &cos, &sin);
  WriteRows(form, half_width, cos.data(), sin.data(), row, 1, out);
}

}  // namespace

void FillRowByArbitraryPrecision(const FrequencyPlan& plan, double position, const TableForm& form,
                                 int64_t row, const TableRows& out) {
  if (plan.exact != nullptr) {
    FillExactRow(*plan.exact, position, form, row, out);
  } else {
    FillHfRow(plan, position, form, row, out);
  }
}

}  // namespace rope
