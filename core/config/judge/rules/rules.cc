#include "core/config/judge/rules/rules.h"

namespace rope {
namespace {

// The second half of the list of rope types. The first half is kRopeTypes in
// core/rope_types/rope_types.cc, which cannot point to these functions because core/rope_types does
// not know configurations. tests/core/config/judge/rules_test.cc compares the two halves.
constexpr TypeRule kTypeRules[] = {
    {"default", CheckDefault},           {"linear", CheckLinear},
    {"dynamic", CheckDynamic},           {"yarn", CheckYarn},
    {"longrope", CheckLongrope},         {"llama3", CheckLlama3},
    {"proportional", CheckProportional},
};

}  // namespace

absl::Span<const TypeRule> AllTypeRules() { return kTypeRules; }

CheckTypeFunction FindTypeCheck(absl::string_view rope_type) {
  for (const TypeRule& rule : kTypeRules) {
    if (rule.rope_type == rope_type) return rule.check;
  }
  return nullptr;
}

}  // namespace rope
