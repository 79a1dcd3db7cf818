// The check of type default.
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/config/judge/rules/rules.h"
#include "core/json/python_value.h"

namespace rope {

// Only ERNIE-4.5-VL has something to check. Its mrope_section holds the numbers of frequencies for
// height, width and temporal positions. The module stores the frequencies for height and width in
// another order. The check fills the number of these two into even_odd_frequencies.
void CheckDefault(const RuleContext& context) {
  if (context.state().family().model_type != "ernie4_5_vl_moe_text") return;
  const JsonValue* given = context.built.Find("mrope_section");
  const auto sections = given == nullptr ? std::vector<int64_t>{22, 22, 20}
                                         // the default of the class
                                         : WholeNumbers(*given).value_or(std::vector<int64_t>());
  const int64_t half = context.result->rotary_dim / 2;
  int64_t left = half;
  for (const int64_t section : sections) {
    left = section < 0 || section > left ? half + 1 : left - section;
  }
  if (left == 0 && sections.size() == 3 && sections[2] > 0) {
    context.result->even_odd_frequencies = sections[0] + sections[1];
    return;
  }
  ReportDegenerate(context, "mrope_section",
                   absl::StrCat("must be 3 whole numbers >= 0 with the sum ", half,
                                " (rotary_dim / 2), of which the last is > 0"));
}

}  // namespace rope
