// What --fix makes of a file: nothing that computes otherwise, unless the finding says so.
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "client/ropectl/validate/fix.h"
#include "core/findings/finding_table.h"
#include "core/presets/presets.h"
#include "core/validation/validate_config.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/wire/validation.h"
#include "tests/testing/config_mutator.h"
#include "tests/testing/golden_records.h"

namespace rope::ropectl {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int kMutations = 5000;

const char kModel[] =
    R"({"model_type":"llama","hidden_size":4096,"num_attention_heads":32,"rope_theta":10000.0,)"
    R"("max_position_embeddings":8192,"rope_scaling":{"rope_type":"yarn","factor":null,)"
    R"("original_max_position_embeddings":4096}})";

absl::StatusOr<ValidatedConfig> Validate(ConfigSource source) {
  Validation validation = ValidateConfig(source.text);
  ValidatedConfig config{
      std::move(source), wire::ValidationToProto(validation), validation.report.findings, {}};
  return config;
}

ValidatedConfig Validated(const std::string& text) {
  return *Validate(WithText(ConfigSource{"config.json", "", {}}, text));
}

Finding Wrong(FindingId id, const std::string& message, const std::string& fix) {
  Finding finding = MakeFinding(id, "rope_theta", message);
  finding.fix = fix;
  return finding;
}

TEST(RopectlFixTest, WritesAFactorWithoutAChangeOfWhatIsComputed) {
  const auto fixed = ApplyFixes(Validated(kModel), Validate);
  ASSERT_TRUE(fixed.ok());
  ASSERT_THAT(fixed->fixes.applied, SizeIs(1));
  const AppliedFix& fix = fixed->fixes.applied[0];
  EXPECT_EQ(fix.finding.code, "ROPE-W106");
  ASSERT_THAT(fix.parameters, SizeIs(1));
  EXPECT_EQ(fix.parameters[0].name, "factor");
  EXPECT_THAT(fix.computed, IsEmpty());
}

// One fix is right, and the other would silently give the model another base.
TEST(RopectlFixTest, LeavesAFileThatAFixWouldChangeWithoutSayingSo) {
  ValidatedConfig config = Validated(kModel);
  const std::vector<Finding> findings = config.findings;
  config.findings.push_back(
      Wrong(FindingId::kThetaDefault, "is not given", R"({"rope_theta":20000.0})"));
  const auto fixed = ApplyFixes(config, Validate);
  ASSERT_TRUE(fixed.ok());
  ASSERT_TRUE(fixed->fixes.refused.has_value());
  EXPECT_EQ(fixed->fixes.refused->finding.code, "ROPE-N202");
  ASSERT_THAT(fixed->fixes.refused->computed, SizeIs(1));
  EXPECT_EQ(fixed->fixes.refused->computed[0].name, "inv_freq[1]");
  EXPECT_THAT(fixed->fixes.applied, IsEmpty());
  EXPECT_EQ(fixed->source.text, kModel);
  EXPECT_EQ(fixed->findings.size(), findings.size() + 1);
}

TEST(RopectlFixTest, AppliesAChangeThatTheFindingDeclares) {
  ValidatedConfig config = Validated(kModel);
  config.findings.push_back(Wrong(FindingId::kMisspelled,
                                  "is not read. The fix writes another base",
                                  R"({"rope_theta":20000.0})"));
  const auto fixed = ApplyFixes(config, Validate);
  ASSERT_TRUE(fixed.ok());
  EXPECT_FALSE(fixed->fixes.refused.has_value());
  ASSERT_THAT(fixed->fixes.applied, SizeIs(2));
  EXPECT_THAT(fixed->fixes.applied[1].computed, SizeIs(1));
  EXPECT_NE(fixed->source.text, kModel);
}

std::set<std::pair<std::string, std::string>> WarningsAndErrors(const ValidatedConfig& config) {
  std::set<std::pair<std::string, std::string>> places;
  for (const Finding& finding : config.findings) {
    if (finding.severity != Severity::kNote) places.emplace(finding.code, finding.path);
  }
  return places;
}

// Of damaged files: none is refused, and a valid one stays valid and gets no warning.
TEST(RopectlFixTest, NeverMakesAFileWorse) {
  std::vector<std::string> texts;
  for (const char* file : {"standardize.jsonl", "field_cases.jsonl"}) {
    testing::ForEachRecord(file, [&](const rapidjson::Value& record) {
      texts.push_back(testing::ConfigText(record));
    });
  }
  for (const Preset& preset : AllPresets()) texts.push_back(preset.config_json);
  const size_t known = texts.size();
  testing::ConfigMutator mutator(20261130);
  for (int i = 0; i < kMutations; ++i) texts.push_back(mutator.Mutate(texts[mutator.Below(known)]));
  int fixed_files = 0;
  for (const std::string& text : texts) {
    SCOPED_TRACE(text);
    const ValidatedConfig before = Validated(text);
    const auto after = ApplyFixes(before, Validate);
    ASSERT_TRUE(after.ok());
    EXPECT_FALSE(after->fixes.refused.has_value());
    fixed_files += after->fixes.applied.empty() ? 0 : 1;
    if (before.response.valid()) {
      EXPECT_TRUE(after->response.valid()) << after->source.text;
      const auto known_places = WarningsAndErrors(before);
      for (const auto& place : WarningsAndErrors(*after)) {
        EXPECT_TRUE(known_places.contains(place)) << place.first << " " << place.second;
      }
    }
    if (::testing::Test::HasFailure()) return;  // one file is enough to look at
  }
  EXPECT_GT(fixed_files, kMutations / 20);
}

}  // namespace
}  // namespace rope::ropectl
