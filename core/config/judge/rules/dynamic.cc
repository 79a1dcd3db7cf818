// The check of type dynamic.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/config/judge/model_shape.h"
#include "core/config/judge/rules/rules.h"
#include "core/json/python_value.h"
#include "core/rope_types/formula_terms.h"

namespace rope {
namespace {

// HunYuan's alpha: the base depends on alpha instead of the length, and the whole head rotates.
void CheckAlpha(const RuleContext& context) {
  const absl::string_view family = context.state().family().model_type;
  const JsonValue* alpha = context.built.Find("alpha");
  if (!absl::StartsWith(family, "hunyuan_v") || alpha == nullptr || !IsTruthy(*alpha)) return;
  RopeConfig& result = *context.result;
  result.alpha = context.built.Number("alpha", kFactorRange, Null::kIsWrong);
  if (!result.alpha.has_value()) return;
  result.rotary_dim = context.state().IntAttribute("head_dim").value_or(result.head_dim);
  if (result.rotary_dim <= 2) return;
  const double base = StretchedBase<double>(result, *result.alpha);
  if (base >= kThetaRange.min && base <= kThetaRange.max) return;
  ReportDegenerate(context, "alpha",
                   absl::StrCat("makes the base rope_theta * alpha^(d / (d - 2)) ", base,
                                "; it must be ", kThetaRange.text));
}

}  // namespace

void CheckDynamic(const RuleContext& context) {
  CheckFactor(context, Null::kIsWrong);
  RequireMaxPositions(&context.state(), context.built.path());
  CheckAlpha(context);
  if (context.result->rotary_dim == 2) {
    ReportDegenerate(context, "rope_type",
                     "must not be dynamic for rotary_dim 2, because d / (d - 2) has no value; use "
                     "another type or a wider head");
  }
}

}  // namespace rope
