// Configurations from public bug reports and published models (tests/golden/field_cases.jsonl):
// what is reported, what is computed, and what the fixes make of the file.
#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/json/json_reader.h"
#include "core/json/merge_patch.h"
#include "core/plan/frequency_plan.h"
#include "core/validation/validate_config.h"
#include "gtest/gtest.h"
#include "tests/testing/golden_records.h"

namespace rope {
namespace {

Validation Validate(const std::string& config) {
  ValidateOptions options;
  options.preset = kGuessPreset;
  return ValidateConfig(config, options);
}

// The document with all fixes of its findings applied, one after another.
std::string Fixed(const std::string& config) {
  JsonValue fixed = ReadJson(config)->root;
  for (const Finding& finding : Validate(config).report.findings) {
    if (!finding.fix.empty()) fixed = ApplyMergePatch(std::move(fixed), JsonLiteral(finding.fix));
  }
  return WriteJson(fixed);
}

bool Says(const std::vector<Finding>& findings, absl::string_view word) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
    return absl::StrContains(absl::StrCat(finding.code, " ", finding.path, " ", finding.message),
                             word);
  });
}

std::string WorstOf(const std::vector<Finding>& findings) {
  if (!IsValid(findings)) return "error";
  const bool warns = std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.severity == Severity::kWarning;
  });
  return warns ? "warning" : "clean";
}

void ExpectSaid(const rapidjson::Value& record, const std::vector<Finding>& findings) {
  const std::string expected = record["verdict"].GetString();
  if (expected != "any") {
    EXPECT_EQ(WorstOf(findings), expected);
  }
  for (const auto& words : record["says"].GetArray()) {
    const std::vector<std::string> alternatives = absl::StrSplit(words.GetString(), '|');
    EXPECT_TRUE(std::any_of(alternatives.begin(), alternatives.end(),
                            [&](const std::string& word) { return Says(findings, word); }))
        << "nobody says " << words.GetString();
  }
  for (const auto& word : record["never"].GetArray()) {
    EXPECT_FALSE(Says(findings, word.GetString())) << "somebody says " << word.GetString();
  }
}

// `answer` holds inv_freq and attention_factor for each layer type.
void ExpectComputes(const ModelConfigReport& report, const rapidjson::Value& answer) {
  ASSERT_TRUE(report.valid());
  for (const auto& expected : answer.GetObject()) {
    SCOPED_TRACE(absl::StrCat("layer type ", expected.name.GetString()));
    const LayerTypeConfig* layer = report.Find(expected.name.GetString());
    ASSERT_TRUE(layer != nullptr && layer->config.has_value());
    const auto plan = MakeFrequencyPlan(*layer->config, NumericProfile::kHf, std::nullopt,
                                        HfCallSite::kInitFunction);
    ASSERT_TRUE(plan.ok()) << plan.status();
    std::vector<uint32_t> bits;
    for (const float lane : plan->inv_freq) bits.push_back(std::bit_cast<uint32_t>(lane));
    EXPECT_EQ(bits, testing::Float32Bits(expected.value["inv_freq"]));
    EXPECT_NEAR(plan->attention_factor, expected.value["attention_factor"].GetDouble(), 1e-9);
  }
}

void ExpectAnswered(const rapidjson::Value& record, const ModelConfigReport& report) {
  const rapidjson::Value& answer = record["answer"];
  if (answer.IsNull()) {
    EXPECT_FALSE(report.valid());
  } else if (answer.IsObject()) {
    ExpectComputes(report, answer);
  }
}

void ExpectLayersWithoutRope(const rapidjson::Value& record, const ModelConfigReport& report) {
  if (!record.HasMember("layers_without_rope")) return;
  std::vector<int64_t> expected;
  if (record["layers_without_rope"].IsArray()) {
    for (const auto& layer : record["layers_without_rope"].GetArray()) {
      expected.push_back(layer.GetInt64());
    }
  } else {  // "all"
    for (int64_t i = 0; i < record["config"]["num_hidden_layers"].GetInt64(); ++i) {
      expected.push_back(i);
    }
  }
  EXPECT_EQ(report.layers_without_rope, expected);
}

// A member that `after_fix_value` names without its path may stand anywhere.
const JsonValue* FindDeep(const JsonValue& value, absl::string_view key) {
  if (!value.is_object()) return nullptr;
  if (const JsonValue* found = value.Find(key); found != nullptr && !found->is_null()) return found;
  for (const JsonMember& member : value.as_object()) {
    if (const JsonValue* found = FindDeep(member.value, key)) return found;
  }
  return nullptr;
}

void ExpectFixed(const rapidjson::Value& record, const std::string& config) {
  const bool has_answer = record.HasMember("after_fix") && record["after_fix"].IsObject();
  const bool has_values =
      record.HasMember("after_fix_value") && record["after_fix_value"].IsObject();
  if (!has_answer && !has_values) return;
  SCOPED_TRACE("after the fixes");
  const std::string fixed = Fixed(config);
  SCOPED_TRACE(fixed);
  if (has_answer) ExpectComputes(Validate(fixed).report, record["after_fix"]);
  if (!has_values) return;
  const JsonResult document = ReadJson(fixed);
  for (const auto& expected : record["after_fix_value"].GetObject()) {
    const JsonValue* member = FindDeep(document->root, expected.name.GetString());
    ASSERT_NE(member, nullptr) << expected.name.GetString();
    EXPECT_EQ(member->is_int() ? static_cast<double>(member->as_int()) : member->as_double(),
              expected.value.GetDouble())
        << expected.name.GetString();
  }
}

TEST(FieldCasesTest, EachIsJudgedAnsweredAndRepairedAsItShouldBe) {
  int cases = 0;
  testing::ForEachRecord("field_cases.jsonl", [&](const rapidjson::Value& record) {
    ++cases;
    SCOPED_TRACE(absl::StrCat(record["id"].GetString(), ": ", record["why"].GetString()));
    const std::string config = testing::ConfigText(record);
    const Validation validation = Validate(config);
    ExpectSaid(record, validation.report.findings);
    ExpectAnswered(record, validation.report);
    ExpectLayersWithoutRope(record, validation.report);
    ExpectFixed(record, config);
  });
  EXPECT_EQ(cases, 43);
}

}  // namespace
}  // namespace rope
