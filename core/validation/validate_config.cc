#include "core/validation/validate_config.h"

#include <array>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/findings/finding_table.h"
#include "core/plan/frequency_plan.h"
#include "core/presets/presets.h"
#include "core/rope_types/rope_types.h"
#include "core/table/position_ids.h"

namespace rope {
namespace {

// Whether tables of `config` are finite at every length. Where frequencies depend on the length,
// and with it on the path, they are at their extremes at load time, at 1 and at the longest one.
absl::Status CheckComputes(const RopeConfig& config) {
  const RopeType* type = FindRopeType(config.rope_type);
  const bool depends = type != nullptr && type->seq_len_dependence != SeqLenDependence::kNone;
  if (!depends) {
    return MakeFrequencyPlan(config, NumericProfile::kHf, std::nullopt, HfCallSite::kForward)
        .status();
  }
  const std::array<std::optional<int64_t>, 3> lengths = {std::nullopt, 1, kMaxPosition + 1};
  for (const std::optional<int64_t>& length : lengths) {
    for (const HfCallSite path : {HfCallSite::kInitFunction, HfCallSite::kForward}) {
      const auto plan = MakeFrequencyPlan(config, NumericProfile::kHf, length, path);
      if (!plan.ok()) return plan.status();
    }
  }
  return absl::OkStatus();
}

void CheckEverySetComputes(ModelConfigReport* report) {
  for (const LayerTypeConfig& layer : report->layer_types) {
    if (!layer.config.has_value()) continue;
    const absl::Status status = CheckComputes(*layer.config);
    if (status.ok()) continue;
    report->findings.push_back(
        MakeFinding(FindingId::kDegenerate, layer.path, std::string(status.message())));
  }
}

std::optional<Drift> CompareWithPreset(absl::string_view json, const ValidateOptions& options,
                                       const ModelConfigReport& report) {
  const bool guess = options.preset == kGuessPreset;
  if (guess) return GuessDrift(json, options.limits, report);
  const Preset* preset = FindPreset(options.preset);
  return preset != nullptr ? CompareWith(*preset, report) : std::nullopt;
}

void ReportDrift(const Drift& drift, std::vector<Finding>* findings) {
  if (!drift.recipe.empty()) {
    findings->push_back(
        MakeFinding(FindingId::kPresetRecipe, "",
                    absl::StrCat("extends preset \"", drift.preset,
                                 "\" as its documented recipe \"", drift.recipe, "\" does")));
    return;
  }
  for (const LayerDrift& layer : drift.layers) {
    if (!layer.moves()) continue;
    findings->push_back(MakeFinding(
        drift.guessed ? FindingId::kPresetResembled : FindingId::kPresetDrift, layer.path,
        absl::StrCat(drift.guessed ? "resembles" : "is not", " preset \"", drift.preset,
                     "\": ", Describe(layer))));
  }
}

void MakeStrict(ModelConfigReport* report) {
  for (Finding& finding : report->findings) {
    if (finding.severity == Severity::kWarning) finding.severity = Severity::kError;
  }
}

}  // namespace

Validation ValidateConfig(absl::string_view json, const ValidateOptions& options) {
  Validation validation;
  ModelConfigReport& report = validation.report;
  report = ReadModelConfig(json, options.limits);
  if (report.valid()) CheckEverySetComputes(&report);
  if (report.valid() && !options.preset.empty()) {
    validation.drift = CompareWithPreset(json, options, report);
    if (validation.drift.has_value()) ReportDrift(*validation.drift, &report.findings);
  }
  if (options.strict) MakeStrict(&report);
  if (!report.valid()) {
    report.layer_types.clear();
    report.layers_without_rope.clear();
  }
  return validation;
}

}  // namespace rope
