// The check of type linear.
#include "core/config/judge/rules/rules.h"

namespace rope {

void CheckLinear(const RuleContext& context) { CheckFactor(context, Null::kIsWrong); }

}  // namespace rope
