// The checks of the rope types' parameters, one for each type and one file for each check. A check
// reports every value for which transformers warns or fails, and every value that this service
// cannot compute with.
//
// The keys that a type requires and allows are in its row in core/rope_types/rope_types.cc.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/config/judge/rule_context.h"

namespace rope {

// Each check fills the members of context.result that only its type uses. REQUIRES that rope_theta,
// head_dim, rotary_dim and max_position_embeddings are filled; one that a finding reports as wrong
// has its initial value. If a parameter is missing or wrong, the check adds a finding and leaves
// the member absent.
using CheckTypeFunction = void (*)(const RuleContext& context);

void CheckDefault(const RuleContext& context);
void CheckLinear(const RuleContext& context);
void CheckDynamic(const RuleContext& context);
void CheckYarn(const RuleContext& context);
void CheckLongrope(const RuleContext& context);
void CheckLlama3(const RuleContext& context);
void CheckProportional(const RuleContext& context);

// The check of AxialRopeType(), which is no type of the list. It fills head_dim, rotary_dim and
// spectrum. REQUIRES that rope_theta is filled, and Family::axial.
void CheckAxial(const RuleContext& context);

struct TypeRule {
  absl::string_view rope_type;  // the name in core/rope_types/rope_types.h
  CheckTypeFunction check;
};

// One row for each type of AllRopeTypes(), in the same order. Constant.
absl::Span<const TypeRule> AllTypeRules();

// The check for the type of that name; null if the list has no row for it.
CheckTypeFunction FindTypeCheck(absl::string_view rope_type);

}  // namespace rope
