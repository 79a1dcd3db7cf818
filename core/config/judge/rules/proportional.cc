// The check of type proportional.
#include "absl/strings/str_cat.h"
#include "core/config/judge/rules/rules.h"

namespace rope {

void CheckProportional(const RuleContext& context) {
  const JsonValue* partial = context.loaded.Find("partial_rotary_factor");
  if (partial == nullptr || partial->is_null()) {
    context.built.Report(
        FindingId::kNoProportion, "partial_rotary_factor",
        "is not given, so all frequencies rotate; set it to the fraction of the frequencies that "
        "should rotate",
        "`rope_parameters`'s partial_rotary_factor is None. This will default to 1.0 in the "
        "computation, making this equivalent to the linear_scaling RoPE type. Provide a value in "
        "the range [0.0, 1.0) to make use of the proportional RoPE functionality.");
  }
  context.result->factor = context.built.Number("factor", kFactorRange, Null::kIsWrong);
  if (context.result->rotary_dim % 2 != 0) {
    ReportDegenerate(
        context, "rope_type",
        absl::StrCat("proportional needs an even head_dim, not ", context.result->rotary_dim));
  }
}

}  // namespace rope
