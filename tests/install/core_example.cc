// A program outside the project: computes frequencies without a server.
#include <rope/core/plan/frequency_plan.h>
#include <rope/core/presets/presets.h>
#include <rope/core/validation/validate_config.h>

#include <cstdio>
#include <optional>

int main() {
  const rope::Preset* preset = rope::FindPreset("llama-3.1-8b");
  const rope::Validation validation = rope::ValidateConfig(preset->config_json);
  const auto plan = rope::MakeFrequencyPlan(*validation.report.layer_types.front().config,
                                            rope::NumericProfile::kHf, std::nullopt,
                                            rope::HfCallSite::kInitFunction);
  if (!plan.ok()) return 1;
  std::printf("%s\n", rope::ConfigId(*plan).c_str());
  return 0;
}
