#include "server/engine/reading.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/match.h"
#include "core/findings/finding_table.h"

namespace rope::engine {
namespace {

// Values that follow from others, "hidden_size / num_attention_heads", are not assumed.
bool IsAssumed(const EffectiveValue& value) {
  return value.path.empty() && absl::StartsWith(value.source, "default of ");
}

std::vector<std::string> WarningCodes(const std::vector<Finding>& findings) {
  std::vector<std::string> codes;
  for (const Finding& finding : findings) {
    if (finding.severity != Severity::kWarning) continue;
    const std::string code(finding.code);
    if (std::find(codes.begin(), codes.end(), code) == codes.end()) codes.push_back(code);
  }
  return codes;
}

}  // namespace

int64_t Reading::bytes() const {
  size_t bytes = sizeof(Reading) + family.capacity() + text_model_path.capacity();
  for (const std::string& code : warning_codes) bytes += sizeof(std::string) + code.capacity();
  for (const EffectiveValue& value : assumed) {
    bytes +=
        sizeof value + value.name.capacity() + value.value.capacity() + value.source.capacity();
  }
  return static_cast<int64_t>(bytes);
}

Reading ReadingOf(const ModelConfigReport& report, const LayerTypeConfig& layer) {
  Reading reading{WarningCodes(report.findings),
                  report.family,
                  report.text_model_path,
                  {},
                  false,
                  report.attention};
  std::copy_if(layer.effective_values.begin(), layer.effective_values.end(),
               std::back_inserter(reading.assumed), IsAssumed);
  reading.preset_unverified =
      std::any_of(report.findings.begin(), report.findings.end(),
                  [code = FindingInfoOf(FindingId::kPresetUnverified).code](
                      const Finding& finding) { return finding.code == code; });
  return reading;
}

}  // namespace rope::engine
