// libFuzzer target: any bytes as a model configuration. Nothing crashes, hangs or allocates without
// bound; what is valid computes finite frequencies at every length; what is not has an error that
// says so; what findings offer as fixes can be applied. Run it with tools/fuzz.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include "core/json/json_reader.h"
#include "core/json/merge_patch.h"
#include "core/plan/frequency_plan.h"
#include "core/table/position_ids.h"
#include "core/validation/validate_config.h"

namespace rope {
namespace {

void Check(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "config_fuzz: %s\n", what);
  std::abort();
}

void CheckPlan(const RopeConfig& config, NumericProfile profile, std::optional<int64_t> seq_len,
               HfCallSite path) {
  const auto plan = MakeFrequencyPlan(config, profile, seq_len, path);
  Check(plan.ok(), "a valid configuration does not compute");
  Check(plan->half_width() == (config.rotary_dim + 1) / 2, "as many frequencies as pairs");
  for (const float w : plan->inv_freq) Check(std::isfinite(w) && w >= 0, "finite frequencies");
  Check(std::isfinite(plan->attention_factor), "a finite attention factor");
}

void CheckComputes(const RopeConfig& config) {
  for (const HfCallSite path : {HfCallSite::kInitFunction, HfCallSite::kForward}) {
    for (const std::optional<int64_t> seq_len :
         {std::optional<int64_t>(), std::optional<int64_t>(1), std::optional<int64_t>(4097),
          std::optional<int64_t>(kMaxPosition + 1)}) {
      CheckPlan(config, NumericProfile::kHf, seq_len, path);
    }
  }
  // Arbitrary precision takes its time: once, and not for the widest.
  if (config.rotary_dim <= 64)
    CheckPlan(config, NumericProfile::kExact, 4097, HfCallSite::kForward);
}

void CheckFindings(const ModelConfigReport& report) {
  bool has_error = false;
  for (const Finding& finding : report.findings) {
    has_error |= finding.severity == Severity::kError;
    Check(!finding.code.empty() && !finding.message.empty(), "a finding says something");
  }
  Check(report.valid() != has_error, "an error finding, and only that, makes it invalid");
  Check(report.valid() || report.layer_types.empty(), "nothing to compute with where invalid");
}

// All fixes, one after the other, make a document that can be judged again.
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
  Check(lenient.report.valid() || !strict.report.valid(), "strict is never laxer");
  Check(strict.report.findings.size() == lenient.report.findings.size(), "the same findings");
}

}  // namespace
}  // namespace rope

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  rope::TestOne(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
