// Answers model configurations for tools/compare_transformers: one JSON text per line in, one JSON
// object per line out, in the same order. An answer has the codes of the findings and, if there is
// no error, the frequencies and the attention factor that the model has when it has just been
// loaded, as bit patterns in hexadecimal.
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include "absl/base/casts.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/json/json_value.h"
#include "core/plan/frequency_plan.h"
#include "core/validation/validate_config.h"
#include "tests/testing/tower_frequencies.h"

namespace rope {
namespace {

JsonValue Text(const std::string& text) { return JsonValue(text); }

// The codes of the findings of one severity, with their messages.
JsonValue Findings(const ModelConfigReport& report, Severity severity) {
  JsonValue::Array found;
  for (const Finding& finding : report.findings) {
    if (finding.severity != severity) continue;
    found.push_back(Text(absl::StrCat(finding.code, " ", finding.path, ": ", finding.message)));
  }
  return JsonValue(std::move(found));
}

JsonValue Bits(const std::vector<float>& frequencies) {
  JsonValue::Array bits;
  for (const float value : frequencies) {
    bits.push_back(Text(absl::StrFormat("%08x", absl::bit_cast<uint32_t>(value))));
  }
  return JsonValue(std::move(bits));
}

JsonValue AnswerFor(const LayerTypeConfig& layer) {
  JsonValue answer = EmptyObject();
  answer.Set("layer_type", Text(layer.layer_type));
  const absl::StatusOr<FrequencyPlan> plan = MakeFrequencyPlan(
      *layer.config, NumericProfile::kHf, std::nullopt, HfCallSite::kInitFunction);
  if (!plan.ok()) {
    answer.Set("error", Text(std::string(plan.status().message())));
    return answer;
  }
  answer.Set("inv_freq", Bits(testing::OfOneAxis(layer, plan->inv_freq)));
  answer.Set("attention_factor",
             Text(absl::StrFormat("%016x", absl::bit_cast<uint64_t>(plan->attention_factor))));
  answer.Set("layers", JsonValue(static_cast<int64_t>(layer.layers.size())));
  return answer;
}

JsonValue Answer(const std::string& config) {
  const ModelConfigReport report = ValidateConfig(config).report;
  JsonValue answer = EmptyObject();
  answer.Set("errors", Findings(report, Severity::kError));
  answer.Set("warnings", Findings(report, Severity::kWarning));
  answer.Set("notes", Findings(report, Severity::kNote));
  JsonValue::Array layers;
  for (const LayerTypeConfig& layer : report.layer_types) {
    if (layer.config.has_value()) layers.push_back(AnswerFor(layer));
  }
  answer.Set("layer_types", JsonValue(std::move(layers)));
  JsonValue::Array without;
  for (const int64_t layer : report.layers_without_rope) without.emplace_back(layer);
  answer.Set("layers_without_rope", JsonValue(std::move(without)));
  return answer;
}

}  // namespace
}  // namespace rope

int main() {
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << rope::WriteJson(rope::Answer(line)) << "\n";
  }
  return 0;
}
