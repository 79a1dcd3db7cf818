#include "core/validation/validate_config.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/findings/finding_table.h"
#include "core/presets/presets.h"
#include "core/validation/check_computes.h"
#include "core/validation/drift_text.h"
#include "core/validation/preset_comparison.h"

namespace rope {
namespace {

// Adds an error finding for each layer type whose tables would not be finite. The plans are thrown
// away: a request needs at most one of them, at its length and call site, and the engine makes and
// caches that one. A report that kept the plans would carry up to six for each layer type.
void CheckEveryParameterSetComputes(ModelConfigReport* report) {
  for (const LayerTypeConfig& layer : report->layer_types) {
    if (!layer.config.has_value()) continue;
    const absl::Status status = CheckComputes(*layer.config);
    if (status.ok()) continue;
    report->findings.push_back(
        MakeFinding(FindingId::kDegenerate, layer.path, std::string(status.message())));
  }
}

std::optional<Drift> Compare(const JsonValue& document, const ModelConfigReport& report,
                             const std::string& preset_name) {
  if (preset_name == kGuessPreset) return CompareWithNearestPreset(document, report);
  const Preset* preset = FindPreset(preset_name);
  return preset != nullptr ? CompareWithPreset(*preset, report) : std::nullopt;
}

void ReportDrift(const Drift& drift, std::vector<Finding>* findings) {
  if (!drift.recipe.empty()) {
    findings->push_back(MakeFinding(
        FindingId::kPresetRecipe, "",
        absl::StrCat("extends preset \"", drift.preset,
                     "\" by its documented long-context recipe \"", drift.recipe, "\"")));
    return;
  }
  const FindingId id = drift.guessed ? FindingId::kPresetResembled : FindingId::kPresetDrift;
  const std::string start =
      drift.guessed ? absl::StrCat("resembles preset \"", drift.preset, "\", but differs: ")
                    : absl::StrCat("differs from preset \"", drift.preset, "\": ");
  for (const LayerDrift& layer : drift.layers) {
    if (!layer.moves()) continue;
    findings->push_back(MakeFinding(id, layer.path, absl::StrCat(start, DescribeDrift(layer))));
  }
}

// A preset may be the configuration itself, or what it was compared with by name.
void ReportUnverified(absl::string_view json, const std::string& compared,
                      std::vector<Finding>* findings) {
  const Preset* preset = FindPresetOfText(json);
  if (preset == nullptr || preset->verified) preset = FindPreset(compared);
  if (preset == nullptr || preset->verified) return;
  findings->push_back(
      MakeFinding(FindingId::kPresetUnverified, "",
                  absl::StrCat("preset \"", preset->name,
                               "\" was not compared with the published configuration; compare "
                               "its values with those of the model that you use")));
}

// Nothing is missing any more if the request gives it.
void DropLearnedFrequencies(std::vector<Finding>* findings) {
  const std::string code = MakeFinding(FindingId::kLearnedFrequencies, "", "").code;
  findings->erase(std::remove_if(findings->begin(), findings->end(),
                                 [&](const Finding& finding) { return finding.code == code; }),
                  findings->end());
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
  const JsonResult document = ReadJson(json, options.limits);
  report = ReadModelConfig(document);
  if (report.valid()) CheckEveryParameterSetComputes(&report);
  if (report.valid() && !options.preset.empty()) {
    validation.drift = Compare(document->root, report, options.preset);
    if (validation.drift.has_value()) ReportDrift(*validation.drift, &report.findings);
  }
  ReportUnverified(json, options.preset, &report.findings);
  if (options.frequencies_given) DropLearnedFrequencies(&report.findings);
  if (options.strict) MakeStrict(&report);
  if (!report.valid()) {
    report.layer_types.clear();
    report.layers_without_rope.clear();
  }
  return validation;
}

absl::StatusOr<Validation> ValidateWithOverrides(absl::string_view json, const Overrides& overrides,
                                                 ValidateOptions options) {
  options.frequencies_given = GivesFrequencies(overrides);
  Validation validation = ValidateConfig(json, options);
  if (!validation.report.valid()) return validation;
  absl::Status status = ApplyOverrides(overrides, &validation.report);
  if (!status.ok()) return status;
  return validation;
}

}  // namespace rope
