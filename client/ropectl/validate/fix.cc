#include "client/ropectl/validate/fix.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <system_error>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/files/partial_file.h"
#include "core/findings/finding_table.h"
#include "core/json/json_edit.h"
#include "core/json/json_reader.h"
#include "dtl/dtl.hpp"

namespace rope::ropectl {
namespace {

using Place = std::pair<std::string, std::string>;  // of a finding: code and path

Place PlaceOf(const Finding& finding) { return {finding.code, finding.path}; }

bool IsWarningOrError(const Finding& finding) { return finding.severity != Severity::kNote; }

std::set<Place> PlacesOf(const std::vector<Finding>& findings) {
  std::set<Place> places;
  for (const Finding& finding : findings) {
    if (IsWarningOrError(finding)) places.insert(PlaceOf(finding));
  }
  return places;
}

int64_t Errors(const ValidatedConfig& config) {
  return std::count_if(config.findings.begin(), config.findings.end(),
                       [](const Finding& finding) { return finding.severity == Severity::kError; });
}

// Why the fix must not be applied; "" if it may.
std::string ReasonAgainst(const ValidatedConfig& before, const ValidatedConfig& after,
                          const Finding& fixed) {
  if (Errors(after) > Errors(before)) return "the file would have more errors";
  const std::set<Place> left = PlacesOf(after.findings);
  if (left.contains(PlaceOf(fixed))) return "it would not remove the finding";
  if (!before.response.valid()) return "";  // what was wrong beside the error shows only now
  const std::set<Place> known = PlacesOf(before.findings);
  for (const Place& place : left) {
    if (!known.contains(place)) {
      return absl::StrCat("the file would get ", place.first, " at ", place.second);
    }
  }
  return "";
}

using Values = std::map<std::pair<std::string, std::string>, std::string>;

// All values of the response by layer type and name.
Values ComputedFrom(const v1::ValidateConfigResponse& response) {
  Values values;
  for (const v1::LayerTypeReport& layer : response.layer_types()) {
    for (const v1::EffectiveValue& value : layer.effective_values()) {
      values[{layer.layer_type(), value.name()}] = value.value_json();
    }
    values[{layer.layer_type(), "layers"}] =
        absl::StrCat("[", absl::StrJoin(layer.layers(), ","), "]");
  }
  return values;
}

// Whether two JSON texts are the same value: 1 and 1.0 are.
bool SameValue(const std::string& a, const std::string& b) {
  double first = 0.0;
  double second = 0.0;
  if (absl::SimpleAtod(a, &first) && absl::SimpleAtod(b, &second)) return first == second;
  return a == b;
}

// Empty if one of the two does not compute: then there is nothing to compare.
std::vector<ChangedValue> ChangedParameters(const ValidatedConfig& before,
                                            const ValidatedConfig& after) {
  std::vector<ChangedValue> changes;
  if (!before.response.valid() || !after.response.valid()) return changes;
  const Values old_values = ComputedFrom(before.response);
  const Values new_values = ComputedFrom(after.response);
  const auto value_in = [](const Values& values, const Values::key_type& key) {
    const auto found = values.find(key);
    return found != values.end() ? found->second : std::string();
  };
  std::set<Values::key_type> keys;
  for (const Values& values : {old_values, new_values}) {
    for (const auto& value : values) keys.insert(value.first);
  }
  for (const Values::key_type& key : keys) {
    const std::string was = value_in(old_values, key);
    const std::string is = value_in(new_values, key);
    if (!SameValue(was, is)) changes.push_back({key.first, key.second, was, is});
  }
  return changes;
}

// The configuration as it was, with the fix that is to blame.
ValidatedConfig Refused(ValidatedConfig config, AppliedFix fix) {
  config.fixes = FixReport();
  config.fixes.text_before = config.source.text;
  config.fixes.refused = std::move(fix);
  return config;
}

// A last line without a newline is marked as diff marks it, so that patch accepts the difference.
std::vector<std::string> Lines(absl::string_view text) {
  const bool ends = absl::ConsumeSuffix(&text, "\n");
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  if (!ends) lines.back() += "\n\\ No newline at end of file";
  return lines;
}

}  // namespace

absl::StatusOr<ValidatedConfig> ApplyFixes(ValidatedConfig config, const ValidateText& validate) {
  const ValidatedConfig original = config;
  FixReport report;
  report.text_before = config.source.text;
  for (const Finding& finding : original.findings) {
    if (finding.fix.empty()) continue;
    const JsonResult patch = ReadJson(finding.fix);
    auto text = patch.ok() ? EditJson(config.source.text, patch->root) : std::nullopt;
    if (!text.has_value()) {
      report.left.push_back({finding, "the text of the file cannot be edited safely"});
      continue;
    }
    if (*text == config.source.text) continue;  // an earlier fix has done it
    auto fixed = validate(WithText(config.source, *std::move(text)));
    if (!fixed.ok()) return fixed.status();
    const std::string reason = ReasonAgainst(config, *fixed, finding);
    if (!reason.empty()) {
      report.left.push_back({finding, reason});
      continue;
    }
    AppliedFix applied{finding, ChangedParameters(config, *fixed),
                       ComputedChanges(config.source.text, fixed->source.text)};
    if (!applied.computed.empty() && !FixMayChangeResults(finding)) {
      return Refused(original, std::move(applied));
    }
    report.applied.push_back(std::move(applied));
    config = *std::move(fixed);
  }
  config.fixes = std::move(report);
  return config;
}

absl::Status ReplaceText(const std::string& file, const std::string& text) {
  std::error_code error;
  const std::filesystem::path target = std::filesystem::canonical(file, error);
  if (error) return absl::UnavailableError(absl::StrCat("cannot write ", file));
  auto partial = client::PartialFile::Create(target.string());
  if (!partial.ok()) return partial.status();
  absl::Status status = partial->CopyPermissions(target.string());
  if (status.ok()) status = partial->WriteAt(0, text);
  if (status.ok()) status = partial->Sync();
  return status.ok() ? partial->Commit() : status;
}

std::string UnifiedDiff(const std::string& file, const std::string& before,
                        const std::string& after) {
  if (before == after) return "";
  const std::vector<std::string> old_lines = Lines(before);
  const std::vector<std::string> new_lines = Lines(after);
  dtl::Diff<std::string> diff(old_lines, new_lines);
  diff.compose();
  diff.composeUnifiedHunks();
  std::ostringstream hunks;
  diff.printUnifiedFormat(hunks);
  return absl::StrCat("--- ", file, "\n+++ ", file, "\n", hunks.str());
}

}  // namespace rope::ropectl
