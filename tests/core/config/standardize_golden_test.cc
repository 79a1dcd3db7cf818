// Compares ReadModelConfig with transformers on every recorded config.json
// (tests/golden/standardize.jsonl): the rope_parameters after loading, the warnings, and whether
// the model loads and computes.
#include <cmath>
#include <cstdio>
#include <map>
#include <set>
#include <string>

#include "absl/strings/str_join.h"
#include "core/config/model_config.h"
#include "core/findings/finding_table.h"
#include "gtest/gtest.h"
#include "tests/testing/golden_records.h"

namespace rope {
namespace {

rapidjson::Document Parse(const std::string& text) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseFullPrecisionFlag | rapidjson::kParseNanAndInfFlag>(text.c_str());
  EXPECT_FALSE(document.HasParseError()) << text;
  return document;
}

bool EqualNumbers(const rapidjson::Value& a, const rapidjson::Value& b) {
  const bool floats = a.IsDouble();
  if (floats != b.IsDouble()) return false;  // 1 is not 1.0
  if (floats && std::isnan(a.GetDouble())) return std::isnan(b.GetDouble());
  return a == b;
}

// True if the two are equal in Python and have the same types. The order of members has no meaning.
bool Equal(const rapidjson::Value& a, const rapidjson::Value& b) {
  if (a.GetType() != b.GetType()) return false;
  if (a.IsNumber()) return EqualNumbers(a, b);
  if (a.IsArray()) {
    if (a.Size() != b.Size()) return false;
    for (rapidjson::SizeType i = 0; i < a.Size(); ++i) {
      if (!Equal(a[i], b[i])) return false;
    }
    return true;
  }
  if (!a.IsObject()) return a == b;
  if (a.MemberCount() != b.MemberCount()) return false;
  for (const auto& member : a.GetObject()) {
    const auto found = b.FindMember(member.name);
    if (found == b.MemberEnd() || !Equal(member.value, found->value)) return false;
  }
  return true;
}

bool Computes(const rapidjson::Value& record) {
  return std::string(record["outcome"].GetString()) == "ok" &&
         std::string(record["compute"]["outcome"].GetString()) == "ok";
}

// The rope_parameters that transformers leaves after loading.
rapidjson::Document LoadedParameters(const rapidjson::Value& record) {
  if (record.HasMember("rope_parameters_text")) {
    return Parse(record["rope_parameters_text"].GetString());
  }
  rapidjson::Document document;
  document.CopyFrom(record["rope_parameters"], document.GetAllocator());
  return document;
}

void ExpectSameParameters(const rapidjson::Value& record, const ModelConfigReport& report) {
  const rapidjson::Document loaded = LoadedParameters(record);
  EXPECT_TRUE(Equal(Parse(report.loaded_rope_parameters_json), loaded))
      << report.loaded_rope_parameters_json;
  const bool changed = record.HasMember("rope_parameters_after_compute");
  EXPECT_TRUE(Equal(Parse(report.rope_parameters_json),
                    changed ? record["rope_parameters_after_compute"] : loaded))
      << report.rope_parameters_json;
}

// The findings keep every sentence that transformers prints, and no other sentence.
void ExpectSameWarnings(const rapidjson::Value& record, const ModelConfigReport& report) {
  std::set<std::string> printed;
  for (const auto& warning : record["warnings"].GetArray()) printed.insert(warning.GetString());
  std::set<std::string> kept;
  for (const Finding& finding : report.findings) kept.insert(finding.hf_message);
  for (const std::string& sentence : printed) EXPECT_TRUE(kept.count(sentence)) << sentence;
  const bool loads = std::string(record["outcome"].GetString()) == "ok";
  for (const Finding& finding : report.findings) {
    if (!loads || finding.severity == Severity::kError || finding.hf_message.empty()) continue;
    EXPECT_TRUE(printed.count(finding.hf_message)) << finding.hf_message;
  }
}

void ExpectSameLanes(const rapidjson::Value& record, const ModelConfigReport& report) {
  std::map<std::string, int64_t> recorded;
  for (const auto& lanes : record["compute"]["lanes"].GetObject()) {
    const std::string layer_type = lanes.name.GetString();
    recorded[layer_type == "-" ? "" : layer_type] = lanes.value.GetInt64();
  }
  std::map<std::string, int64_t> read;
  for (const LayerTypeConfig& entry : report.layer_types) {
    if (!entry.config.has_value()) continue;
    // A tower's module has one list of frequencies for both axes, except Pixtral's.
    const std::optional<Spectrum>& spectrum = entry.config->spectrum;
    const int64_t sharers = spectrum.has_value() && !spectrum->shared_progression ? 2 : 1;
    read[entry.layer_type] = (entry.config->rotary_dim + 1) / 2 / sharers;
  }
  EXPECT_EQ(read, recorded);
}

const FindingInfo& InfoOf(const std::string& code) {
  for (const FindingInfo& info : AllFindings()) {
    if (info.code == code) return info;
  }
  ADD_FAILURE() << "a code that is not in the table: " << code;
  return AllFindings()[0];
}

// The codes of the errors; each must be one of those that may be stricter than transformers.
std::string StricterBy(const ModelConfigReport& report) {
  std::set<std::string> codes;
  for (const Finding& finding : report.findings) {
    if (finding.severity != Severity::kError) continue;
    codes.insert(finding.code);
    EXPECT_TRUE(InfoOf(finding.code).beyond_transformers) << finding.code << " " << finding.message;
  }
  return absl::StrJoin(codes, " ");
}

TEST(StandardizeGoldenTest, AgreesWithTransformers) {
  int cases = 0;
  int stricter = 0;
  int different = 0;
  std::map<std::string, int> stricter_by;
  testing::ForEachRecord("standardize.jsonl", [&](const rapidjson::Value& record) {
    SCOPED_TRACE(record["id"].GetString());
    ++cases;
    const ModelConfigReport report = ReadModelConfig(testing::ConfigText(record));
    const auto failures = [] {
      return ::testing::UnitTest::GetInstance()->current_test_info()->result()->total_part_count();
    };
    const int before = failures();
    if (std::string(record["outcome"].GetString()) == "ok") ExpectSameParameters(record, report);
    ExpectSameWarnings(record, report);
    if (!Computes(record)) {
      EXPECT_FALSE(report.valid()) << "laxer than transformers";
    } else if (report.valid()) {
      ExpectSameLanes(record, report);
    } else {
      ++stricter;
      ++stricter_by[StricterBy(report)];
    }
    if (failures() != before) ++different;
  });
  std::printf("%-30s %5d\n%-30s %5d\n%-30s %5d\n", "cases", cases, "equal",
              cases - stricter - different, "stricter", stricter);
  for (const auto& [codes, count] : stricter_by) {
    std::printf("  by %-25s %5d\n", codes.c_str(), count);
  }
  std::printf("%-30s %5d\n", "different", different);
  EXPECT_EQ(cases, 873);
  EXPECT_EQ(different, 0);
}

}  // namespace
}  // namespace rope
