// libFuzzer target: any bytes as a model configuration. Run it with tools/fuzz --target config.
//
// Properties: nothing crashes, hangs or allocates without bound; a valid configuration computes
// finite frequencies at every length; an invalid one has an error finding; the fixes that findings
// offer can be applied.
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include "core/json/json_reader.h"
#include "core/json/merge_patch.h"
#include "core/plan/frequency_plan.h"
#include "core/table/position_ids.h"
#include "core/validation/validate_config.h"
#include "tests/fuzz/check.h"

namespace rope {
namespace {

using fuzz::Check;

void CheckPlan(const RopeConfig& config, NumericProfile profile, std::optional<int64_t> seq_len,
               HfCallSite call_site) {
  const auto plan = MakeFrequencyPlan(config, profile, seq_len, call_site);
  Check(plan.ok(), "a valid configuration computes");
  Check(plan->half_width() == (config.rotary_dim + 1) / 2, "as many frequencies as pairs");
  for (const float w : plan->inv_freq) Check(std::isfinite(w) && w >= 0, "finite frequencies");
  Check(std::isfinite(plan->attention_factor), "a finite attention factor");
}

void CheckComputes(const RopeConfig& config) {
  for (const HfCallSite call_site : {HfCallSite::kInitFunction, HfCallSite::kForward}) {
    for (const std::optional<int64_t> seq_len :
         {std::optional<int64_t>(), std::optional<int64_t>(1), std::optional<int64_t>(4097),
          std::optional<int64_t>(kMaxPosition + 1)}) {
      CheckPlan(config, NumericProfile::kHf, seq_len, call_site);
    }
  }
  // Arbitrary precision is slow, so only narrow heads are checked, at one length.
  if (config.rotary_dim <= 64) {
    CheckPlan(config, NumericProfile::kExact, 4097, HfCallSite::kForward);
  }
}

void CheckFindings(const ModelConfigReport& report) {
  bool has_error = false;
  for (const Finding& finding : report.findings) {
    has_error |= finding.severity == Severity::kError;
    Check(!finding.code.empty() && !finding.message.empty(), "a finding says something");
  }
  Check(report.valid() != has_error,
        "a configuration is invalid exactly if it has an error finding");
  Check(report.valid() || report.layer_types.empty(),
        "an invalid configuration has no layer types");
}

// All fixes, applied one after the other, give a document that can be validated again.
void CheckFixes(const std::string& text, const ModelConfigReport& report) {
  const JsonResult document = ReadJson(text);
  if (!document.ok()) return;
  JsonValue fixed = document->root;
  bool any = false;
  for (const Finding& finding : report.findings) {
    if (finding.fix.empty()) continue;
    const JsonResult patch = ReadJson(finding.fix);
    Check(patch.ok(), "a fix is JSON");
    fixed = ApplyMergePatch(std::move(fixed), patch->root);
    any = true;
  }
  if (any) CheckFindings(ValidateConfig(WritePrettyJson(fixed)).report);
}

void TestOne(const std::string& text) {
  ValidateOptions options;
  options.preset = kGuessPreset;
  const Validation lenient = ValidateConfig(text, options);
  CheckFindings(lenient.report);
  for (const LayerTypeConfig& layer : lenient.report.layer_types) {
    if (layer.config.has_value()) CheckComputes(*layer.config);
  }
  CheckFixes(text, lenient.report);
  options.strict = true;
  const Validation strict = ValidateConfig(text, options);
  CheckFindings(strict.report);
  Check(lenient.report.valid() || !strict.report.valid(),
        "what is invalid stays invalid with strict");
  Check(strict.report.findings.size() == lenient.report.findings.size(), "the same findings");
}

}  // namespace
}  // namespace rope

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  rope::TestOne(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
