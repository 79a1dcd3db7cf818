// A fix never makes a file worse. All fixes of a file are applied together and the result is read
// again: everything is computed as before unless a finding says otherwise, and nothing new is
// wrong. On every golden configuration, field case and preset, and on many thousand random edits of
// them.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/config/model_config.h"
#include "core/findings/finding_table.h"
#include "core/json/json_edit.h"
#include "core/json/json_reader.h"
#include "core/presets/presets.h"
#include "core/validation/computed_changes.h"
#include "gtest/gtest.h"
#include "tests/testing/config_mutator.h"
#include "tests/testing/golden_records.h"

namespace rope {
namespace {

constexpr int kMutations = 20000;

std::vector<std::string> KnownConfigs() {
  std::vector<std::string> configs;
  for (const char* file : {"standardize.jsonl", "field_cases.jsonl"}) {
    testing::ForEachRecord(file, [&](const rapidjson::Value& record) {
      configs.push_back(testing::ConfigText(record));
    });
  }
  for (const Preset& preset : AllPresets()) configs.push_back(preset.config_json);
  return configs;
}

std::set<std::string> WarningsAndErrors(const ModelConfigReport& report) {
  std::set<std::string> codes;
  for (const Finding& finding : report.findings) {
    if (finding.severity != Severity::kNote) codes.insert(finding.code);
  }
  return codes;
}

std::string Listed(const std::vector<ComputedChange>& changes) {
  std::string text;
  for (const ComputedChange& change : changes) {
    absl::StrAppend(&text, change.layer_type, " ", change.name, ": ", change.before, " -> ",
                    change.after, "\n");
  }
  return text;
}

// The text with all fixes of the findings, and what these fixes say.
struct FixedText {
  std::string text;
  std::string fixes;
  int count = 0;
  bool may_change = false;  // what is computed
  bool may_warn = false;    // of something new, as a message says
};

FixedText ApplyAll(const std::string& text, const ModelConfigReport& report) {
  FixedText fixed{text, "", 0, false, false};
  for (const Finding& finding : report.findings) {
    if (finding.fix.empty()) continue;
    const auto edited = EditJson(fixed.text, JsonLiteral(finding.fix));
    if (!edited.has_value()) continue;  // a member is given twice where the fix would change it
    fixed.text = *edited;
    absl::StrAppend(&fixed.fixes, finding.code, " ", finding.fix, "\n");
    ++fixed.count;
    fixed.may_change |= FixMayChangeResults(finding);
    fixed.may_warn |= absl::StrContains(finding.message, "The fix ");
  }
  return fixed;
}

struct Counts {
  int valid = 0;  // valid files with a fix
  int fixes = 0;
};

void CheckAllFixes(const std::string& text, Counts* counts) {
  const ModelConfigReport before = ReadModelConfig(text);
  const FixedText fixed = ApplyAll(text, before);
  if (fixed.count == 0 || !before.valid()) return;
  SCOPED_TRACE(absl::StrCat(text, "\n", fixed.fixes, fixed.text));
  ++counts->valid;
  counts->fixes += fixed.count;
  const ModelConfigReport after = ReadModelConfig(fixed.text);
  EXPECT_TRUE(after.valid());
  if (!fixed.may_change) {
    EXPECT_EQ(Listed(ComputedChanges(text, fixed.text)), "");
  }
  if (fixed.may_change || fixed.may_warn) return;
  const std::set<std::string> known = WarningsAndErrors(before);
  for (const Finding& finding : after.findings) {
    EXPECT_TRUE(finding.severity == Severity::kNote || known.contains(finding.code))
        << "new: " << finding.code << " " << finding.path << " " << finding.message;
  }
}

TEST(AllFixesTest, OfKnownConfigurationsKeepWhatIsComputed) {
  Counts counts;
  for (const std::string& text : KnownConfigs()) CheckAllFixes(text, &counts);
  EXPECT_GT(counts.valid, 50);
}

TEST(AllFixesTest, OfDamagedConfigurationsKeepWhatIsComputed) {
  const std::vector<std::string> configs = KnownConfigs();
  testing::ConfigMutator mutator(20260815);
  Counts counts;
  for (int i = 0; i < kMutations; ++i) {
    CheckAllFixes(mutator.Mutate(configs[mutator.Below(configs.size())]), &counts);
    if (::testing::Test::HasFailure()) return;  // one file is enough to look at
  }
  EXPECT_GT(counts.valid, kMutations / 20);
  EXPECT_GT(counts.fixes, counts.valid);
}

}  // namespace
}  // namespace rope
