#include "client/ropectl/validate/validate_report.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/ropectl/output/error_report.h"
#include "client/ropectl/output/visible_text.h"
#include "core/findings/finding_table.h"
#include "core/validation/number_ranges.h"

namespace rope::ropectl {
namespace {

int Count(const std::vector<Finding>& findings, Severity severity) {
  return static_cast<int>(
      std::count_if(findings.begin(), findings.end(),
                    [severity](const Finding& finding) { return finding.severity == severity; }));
}

std::string Counted(int count, const std::string& thing) {
  return absl::StrCat(count, " ", thing, count == 1 ? "" : "s");
}

// Puts text between the escape sequences of a terminal if `color` is true.
class Paint {
 public:
  explicit Paint(bool color) : color_(color) {}
  std::string Bold(absl::string_view text) const { return With("1", text); }
  std::string Dim(absl::string_view text) const { return With("2", text); }
  std::string Bad(absl::string_view text) const { return With("1;31", text); }
  std::string Good(absl::string_view text) const { return With("1;32", text); }
  std::string As(Severity severity, absl::string_view text) const {
    return With(severity == Severity::kError     ? "1;31"
                : severity == Severity::kWarning ? "1;35"
                                                 : "1;36",
                text);
  }

 private:
  std::string With(const char* code, absl::string_view text) const {
    return color_ ? absl::StrCat("\033[", code, "m", text, "\033[0m") : std::string(text);
  }
  bool color_;
};

// "FILE:LINE:COLUMN", or the file alone for a field that is missing.
std::string WhereIs(const ConfigSource& source, const Finding& finding) {
  const auto position = PositionOf(source, finding.offset);
  if (!position.has_value()) return source.name;
  return absl::StrCat(source.name, ":", position->line, ":", position->column);
}

void PrintFinding(const ConfigSource& source, const Finding& finding, const Paint& paint) {
  absl::PrintF("%s: %s: %s%s%s [%s]\n", paint.Bold(WhereIs(source, finding)),
               paint.As(finding.severity, SeverityName(finding.severity)), finding.path,
               finding.path.empty() ? "" : ": ", finding.message, finding.code);
  const FindingInfo* info = FindFinding(finding.code);
  if (info != nullptr && finding.severity != Severity::kNote) {
    absl::PrintF("%s\n", paint.Dim(absl::StrCat("    if ignored: ", info->consequence)));
  }
  if (!finding.hf_message.empty()) {
    absl::PrintF("%s\n", paint.Dim(absl::StrCat("    transformers: ", finding.hf_message)));
  }
  if (!finding.fix.empty()) {
    absl::PrintF("%s\n",
                 paint.Dim(absl::StrCat("    fix (--fix writes it): ", VisibleText(finding.fix))));
  }
}

// In the order of the file; findings on missing fields come last.
std::vector<Finding> InFileOrder(std::vector<Finding> findings) {
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    // Unsigned, so that the offset -1 of a missing field is the largest.
    return static_cast<uint64_t>(a.offset) < static_cast<uint64_t>(b.offset);
  });
  return findings;
}

std::string Ranges(const google::protobuf::RepeatedField<int32_t>& layers) {
  return NumberRanges(std::vector<int64_t>(layers.begin(), layers.end()));
}

void PrintLayerType(const v1::LayerTypeReport& layer) {
  const std::string name = layer.layer_type().empty() ? "rope_parameters" : layer.layer_type();
  const std::string layers =
      layer.layers_size() == 0 ? "" : absl::StrCat(" (layers ", Ranges(layer.layers()), ")");
  if (!layer.has_rope()) {
    absl::PrintF("%s: no rotary embedding\n", name);
    return;
  }
  absl::PrintF("%s%s:\n", name, layers);
  for (const v1::EffectiveValue& value : layer.effective_values()) {
    absl::PrintF("  %-32s = %-24s %s%s%s\n", value.name(), VisibleText(value.value_json()),
                 value.source(), value.path().empty() ? "" : " at ", value.path());
  }
}

void PrintSummary(const ValidatedConfig& config, const Paint& paint) {
  const std::vector<Finding>& findings = config.findings;
  absl::PrintF("%s: %s (%s, %s, %s; as transformers %s reads it)\n", paint.Bold(config.source.name),
               config.response.valid() ? paint.Good("valid") : paint.Bad("NOT valid"),
               Counted(Count(findings, Severity::kError), "error"),
               Counted(Count(findings, Severity::kWarning), "warning"),
               Counted(Count(findings, Severity::kNote), "note"),
               config.response.transformers_version());
}

std::string Or(const std::string& value, const char* none) { return value.empty() ? none : value; }

std::string OfLayers(const std::string& layer_type) {
  return layer_type.empty() ? "" : absl::StrCat(" of ", layer_type);
}

// What one fix does: the parameters that it states or changes, and what is then computed.
void PrintFix(const AppliedFix& fix) {
  absl::PrintF("    %s %s\n", fix.finding.code, fix.finding.path);
  for (const ChangedValue& change : fix.parameters) {
    absl::PrintF("        %s%s is now %s; it was %s\n", change.name, OfLayers(change.layer_type),
                 Or(change.after, "not given"), Or(change.before, "not given"));
  }
  if (fix.computed.empty() && !fix.parameters.empty()) {
    absl::PrintF("        every frequency and attention factor stays the same\n");
  }
  for (const ComputedChange& change : fix.computed) {
    absl::PrintF("        computes another %s%s: %s, not %s\n", change.name,
                 OfLayers(change.layer_type), Or(change.after, "none"), Or(change.before, "none"));
  }
}

void PrintFixes(const ValidatedConfig& config, FixMode mode, const Paint& paint) {
  const FixReport& fixes = config.fixes;
  if (mode == FixMode::kDryRun) {
    absl::PrintF("%s", UnifiedDiff(config.source.name, fixes.text_before, config.source.text));
  }
  if (!fixes.applied.empty()) {
    absl::PrintF("%s: %d %s\n", config.source.name, static_cast<int>(fixes.applied.size()),
                 mode == FixMode::kDryRun ? "would be fixed" : "fixed");
  }
  for (const AppliedFix& fix : fixes.applied) PrintFix(fix);
  if (fixes.refused.has_value()) {
    absl::PrintF(
        "%s: %s, because this fix would change what is computed, and its finding does not "
        "say so:\n",
        config.source.name, paint.Bad("left unchanged"));
    PrintFix(*fixes.refused);
  }
  for (const LeftFix& fix : fixes.left) {
    absl::PrintF("%s\n", paint.Dim(absl::StrCat("    not fixed: ", fix.finding.code, " ",
                                                fix.finding.path, ": ", fix.reason)));
  }
}

// What a terminal would obey is shown instead, wherever it comes from. The text of the file stays
// unchanged: a program may read the difference that a dry run prints.
ValidatedConfig MadeVisible(ValidatedConfig config) {
  MakeVisible(&config.response);
  for (Finding& finding : config.findings) {
    for (std::string* text :
         {&finding.code, &finding.path, &finding.message, &finding.hf_message}) {
      *text = VisibleText(*text);
    }
  }
  return config;
}

void PrintResolved(const v1::ValidateConfigResponse& response) {
  if (response.layer_types().empty()) return;  // not valid, so nothing was computed
  for (const v1::LayerTypeReport& layer : response.layer_types()) PrintLayerType(layer);
  if (response.layers_without_rope_size() > 0) {
    absl::PrintF("no rotary embedding: layers %s\n", Ranges(response.layers_without_rope()));
  }
  absl::PrintF("read as family \"%s\"%s%s\n", response.family(),
               response.text_model_path().empty() ? "" : ", from ", response.text_model_path());
}

}  // namespace

void PrintText(const std::vector<ValidatedConfig>& configs, FixMode fix, bool color) {
  const Paint paint(color);
  int valid = 0;
  for (const ValidatedConfig& config : configs) {
    const ValidatedConfig one = MadeVisible(config);
    PrintFixes(one, fix, paint);
    PrintSummary(one, paint);
    for (const Finding& finding : InFileOrder(one.findings)) {
      PrintFinding(one.source, finding, paint);
    }
    if (configs.size() == 1) PrintResolved(one.response);
    valid += one.response.valid() ? 1 : 0;
  }
  if (configs.size() > 1) {
    absl::PrintF("%d configurations: %d valid, %d not valid\n", configs.size(), valid,
                 static_cast<int>(configs.size()) - valid);
  }
}

}  // namespace rope::ropectl
