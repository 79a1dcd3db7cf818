// The fix of a finding corrects it: after the patch the finding is gone, and there are no more
// errors than before. Checked on every golden configuration, and on one document for each form of
// fix.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "core/config/model_config.h"
#include "core/json/json_reader.h"
#include "core/json/merge_patch.h"
#include "gtest/gtest.h"
#include "tests/testing/golden_records.h"

namespace rope {
namespace {

std::string Fixed(const std::string& text, const std::string& fix) {
  const JsonResult document = ReadJson(text);
  EXPECT_TRUE(document.ok()) << document.error().message;
  return WriteJson(ApplyMergePatch(document->root, JsonLiteral(fix)));
}

int64_t Errors(const std::vector<Finding>& findings) {
  return std::count_if(findings.begin(), findings.end(),
                       [](const Finding& finding) { return finding.severity == Severity::kError; });
}

bool Has(const std::vector<Finding>& findings, const Finding& wanted) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
    return finding.code == wanted.code && finding.path == wanted.path;
  });
}

TEST(FixesTest, EveryFixOfTheGoldenConfigurationsMends) {
  int fixes = 0;
  testing::ForEachRecord("standardize.jsonl", [&](const rapidjson::Value& record) {
    const std::string text = testing::ConfigText(record);
    const ModelConfigReport before = ReadModelConfig(text);
    for (const Finding& finding : before.findings) {
      if (finding.fix.empty()) continue;
      ++fixes;
      const ModelConfigReport after = ReadModelConfig(Fixed(text, finding.fix));
      EXPECT_FALSE(Has(after.findings, finding))
          << finding.code << ' ' << finding.fix << " of " << text;
      EXPECT_LE(Errors(after.findings), Errors(before.findings))
          << finding.code << ' ' << finding.fix << " of " << text;
    }
  });
  EXPECT_GE(fixes, 100);
}

struct Case {
  const char* code;
  const char* fix;
  const char* json;
};

#define SHAPE \
  R"("model_type":"llama","hidden_size":256,"num_attention_heads":4,"max_position_embeddings":8192)"

const Case kCases[] = {
    // 1.2 * (0.1 ln 2 + 1)
    {"ROPE-W115", R"({"rope_scaling":{"attn_factor":null,"attention_factor":1.28317766166719}})",
     "{" SHAPE
     R"(,"rope_theta":1e4,"rope_scaling":{"rope_type":"yarn","factor":2.0,"attn_factor":1.2,
        "original_max_position_embeddings":4096}})"},
    {"ROPE-W114", R"({"rope_scaling":{"type":null}})",
     "{" SHAPE R"(,"rope_scaling":{"type":"yarn","rope_type":"linear","factor":2.0}})"},
    {"ROPE-E004", R"({"rope_scaling":{"rope_type":"linear"}})",
     "{" SHAPE R"(,"rope_scaling":{"rope_type":"Linear","factor":2.0}})"},
    {"ROPE-E007", R"({"rope_scaling":{"factor":2.5}})",
     "{" SHAPE R"(,"rope_scaling":{"rope_type":"linear","factor":"2.5"}})"},
    {"ROPE-N202", R"({"rope_theta":10000.0})", "{" SHAPE "}"},
    {"ROPE-W121", R"({"rope_scaling":{"rope_theta":500000.0},"rope_parameters":null})",
     "{" SHAPE R"(,"rope_scaling":{"rope_type":"linear","factor":2.0},
        "rope_parameters":{"rope_type":"default","rope_theta":5e5}})"},
    {"ROPE-E007", R"({"rope_parameters":{"rope_theta":500000.0}})",
     "{" SHAPE R"(,"rope_theta":5e5,"rope_parameters":{"rope_type":"default","rope_theta":null}})"},
    {"ROPE-W111", R"({"rope_scaling":{"original_max_position_embeddings":2048}})",
     "{" SHAPE R"(,"rope_theta":1e4,"original_max_position_embeddings":2048,
        "rope_scaling":{"rope_type":"yarn","factor":4.0}})"},
    {"ROPE-E006", R"({"rope_scaling":{"original_max_position_embeddings":4096}})",
     R"({"model_type":"phi3","hidden_size":256,"num_attention_heads":4,
         "max_position_embeddings":8192,"original_max_position_embeddings":4096,"rope_theta":1e4,
         "rope_scaling":{"type":"su","short_factor":[1.0],"long_factor":[1.0]}})"},
    {"ROPE-W106", R"({"rope_scaling":{"factor":2.0}})",
     "{" SHAPE R"(,"rope_scaling":{"rope_type":"yarn","factor":null,
        "original_max_position_embeddings":4096}})"},
    {"ROPE-W103", R"({"rope_scaling":{"attention_factor":2.0}})",
     "{" SHAPE R"(,"rope_scaling":{"rope_type":"yarn","factor":2.0,"attention_factor":2,
        "original_max_position_embeddings":4096}})"},
    {"ROPE-W121", R"({"rope_parameters":null})",
     "{" SHAPE R"(,"rope_scaling":{"rope_type":"linear","factor":2.0},
        "rope_parameters":{"rope_type":"linear","factor":4.0}})"},
    {"ROPE-W111", R"({"rope_scaling":{"original_max_position_embeddings":2048}})",
     "{" SHAPE R"(,"original_max_position_embeddings":2048,
        "rope_scaling":{"rope_type":"yarn","factor":2.0,
        "original_max_position_embeddings":4096}})"},
    {"ROPE-W118", R"({"rope_scaling":{"truncate":false}})",
     "{" SHAPE R"(,"rope_scaling":{"rope_type":"yarn","factor":2.0,"truncate":0,
        "original_max_position_embeddings":4096}})"},
    {"ROPE-W124", R"({"head_dim":null})", "{" SHAPE R"(,"head_dim":0})"},
    {"ROPE-E007", R"({"text_config":{"rope_theta":5.0}})",
     R"({"model_type":"llava","text_config":{)" SHAPE R"(,"rope_theta":"5"}})"},
};

TEST(FixesTest, EachKind) {
  for (const Case& c : kCases) {
    const ModelConfigReport report = ReadModelConfig(c.json);
    bool found = false;
    for (const Finding& finding : report.findings) {
      if (finding.code != c.code) continue;
      found = true;
      EXPECT_EQ(finding.fix, c.fix) << c.json;
      EXPECT_FALSE(Has(ReadModelConfig(Fixed(c.json, finding.fix)).findings, finding)) << c.json;
    }
    EXPECT_TRUE(found) << c.code << " of " << c.json;
  }
}

}  // namespace
}  // namespace rope
