// The checks of the rope types' parameters, one for each type and one file for each check. A check
// reports what transformers warns of or fails at, and what this service cannot compute.
//
// Which keys a type requires and allows stands in its row in core/rope_types/rope_types.cc.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/config/judge/rule_context.h"

namespace rope {

// Each check fills the members of context.result that only its type uses. REQUIRES that rope_theta,
// head_dim, rotary_dim and max_position_embeddings are filled; they have their initial values where
// a finding says that they have none. A member stays absent if a finding says why.
using CheckTypeFunction = void (*)(const RuleContext& context);

void CheckDefault(const RuleContext& context);
void CheckLinear(const RuleContext& context);
void CheckDynamic(const RuleContext& context);
void CheckYarn(const RuleContext& context);
void CheckLongrope(const RuleContext& context);
void CheckLlama3(const RuleContext& context);
void CheckProportional(const RuleContext& context);

struct TypeRule {
  absl::string_view rope_type;  // the name in core/rope_types/rope_types.h
  CheckTypeFunction check;
};

// One row for each type of AllRopeTypes(), in the same order. Constant.
absl::Span<const TypeRule> AllTypeRules();

// The check for the type of that name; null if the list has no row for it.
CheckTypeFunction FindTypeCheck(absl::string_view rope_type);

}  // namespace rope
