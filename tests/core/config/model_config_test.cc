// What ReadModelConfig makes of a configuration: layer types, widths, effective values.
// (Frequencies of all golden records are in tests/core/rope_types.)
#include "core/config/model_config.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/findings/finding_table.h"
#include "core/rope_types/rope_types.h"
#include "gtest/gtest.h"
#include "tests/testing/golden_records.h"

namespace rope {
namespace {

TEST(ModelConfigTest, GoldenRecordsHaveTheRecordedTypeAndWidth) {
  testing::ForEachRecord("inv_freq.jsonl", [](const rapidjson::Value& record) {
    SCOPED_TRACE(record["id"].GetString());
    std::string rope_type = record["rope_type"].GetString();
    const ModelConfigReport report = ReadModelConfig(testing::ConfigText(record));
    if (rope_type == "ntk_alpha") rope_type = "dynamic";  // transformers' own name for alpha
    const LayerTypeConfig* entry = report.Find(testing::StringOr(record, "layer_type", ""));
    ASSERT_NE(entry, nullptr);
    ASSERT_TRUE(entry->config.has_value());
    EXPECT_EQ(entry->config->rope_type, rope_type);
    // A tower's rotary_dim counts the lanes of both axes, and a record the list that they share.
    // Pixtral's list has the lanes of both.
    const bool is_shared =
        entry->config->spectrum.has_value() && !entry->config->spectrum->shared_progression;
    EXPECT_EQ(entry->config->rotary_dim, (is_shared ? 2 : 1) * record["rotary_dim"].GetInt64());
  });
}

const RopeConfig& OnlyConfig(const ModelConfigReport& report) {
  static const RopeConfig nothing;
  EXPECT_TRUE(report.valid()) << (report.findings.empty() ? "" : report.findings[0].message);
  if (report.layer_types.size() != 1 || !report.layer_types[0].config.has_value()) {
    ADD_FAILURE() << "expected one parameter set";
    return nothing;
  }
  return *report.layer_types[0].config;
}

// Legacy and new spelling of one configuration mean the same.
TEST(ModelConfigTest, SpellingsAgree) {
  const char* shape = R"({"model_type":"llama","hidden_size":4096,"num_attention_heads":32,
                          "max_position_embeddings":131072,)";
  const char* scaling = R"("factor":8.0,"low_freq_factor":1.0,"high_freq_factor":4.0,
                           "original_max_position_embeddings":8192)";
  for (const std::string& rope :
       {absl::StrCat(R"("rope_theta":5e5,"rope_scaling":{"type":"llama3",)", scaling, "}}"),
        absl::StrCat(R"("rope_theta":5e5,"rope_scaling":{"rope_type":"llama3",)", scaling, "}}"),
        absl::StrCat(R"("rope_parameters":{"rope_theta":5e5,"rope_type":"llama3",)", scaling,
                     "}}")}) {
    const RopeConfig config = OnlyConfig(ReadModelConfig(absl::StrCat(shape, rope)));
    EXPECT_EQ(config.rope_type, "llama3");
    EXPECT_EQ(config.rope_theta, 5e5);
    EXPECT_EQ(config.head_dim, 128);
    EXPECT_EQ(config.factor, 8.0);
    EXPECT_EQ(config.low_freq_factor, 1.0);
    EXPECT_EQ(config.high_freq_factor, 4.0);
    EXPECT_EQ(config.original_max_position_embeddings, 8192.0);
  }
}

TEST(ModelConfigTest, LayerTypesAreFoundByName) {
  const ModelConfigReport report = ReadModelConfig(
      R"({"model_type":"gemma3_text","head_dim":256,"rope_theta":1000000.0,
          "rope_local_base_freq":10000.0,"rope_scaling":{"rope_type":"linear","factor":8.0}})");
  ASSERT_TRUE(report.valid());
  ASSERT_NE(report.Find("full_attention"), nullptr);
  ASSERT_NE(report.Find("sliding_attention"), nullptr);
  EXPECT_EQ(report.Find("full_attention")->config->rope_type, "linear");
  EXPECT_EQ(report.Find("sliding_attention")->config->rope_type, "default");
  EXPECT_EQ(report.Find("sliding_attention")->config->rope_theta, 10000.0);
  EXPECT_EQ(report.Find(""), nullptr) << "several: none is the only one";
  EXPECT_EQ(report.Find("other"), nullptr);
}

TEST(ModelConfigTest, LayersWithoutRotaryEmbedding) {
  const ModelConfigReport report = ReadModelConfig(
      R"({"hidden_size":256,"num_attention_heads":4,"num_hidden_layers":2,
          "layer_types":["full_attention","sliding_attention"],
          "rope_parameters":{"full_attention":null,
                             "sliding_attention":{"rope_type":"default","rope_theta":1e4}}})");
  ASSERT_TRUE(report.valid());
  ASSERT_NE(report.Find("full_attention"), nullptr);
  EXPECT_FALSE(report.Find("full_attention")->config.has_value());
  EXPECT_TRUE(report.Find("sliding_attention")->config.has_value());
}

TEST(ModelConfigTest, ATextModelInsideACompositeIsReadWithItsPaths) {
  const ModelConfigReport report = ReadModelConfig(
      R"({"model_type":"qwen2_5_vl","vision_config":{"depth":32},
          "text_config":{"model_type":"qwen2_5_vl_text","hidden_size":3584,
                         "num_attention_heads":28,"rope_theta":1000000.0,
                         "rope_scaling":{"type":"mrope","mrope_section":[16,24,24],"frob":1}}})");
  EXPECT_EQ(report.model_type, "qwen2_5_vl");
  EXPECT_EQ(OnlyConfig(report).head_dim, 128);
  bool found = false;
  for (const Finding& finding : report.findings) {
    found |= finding.path == "text_config.rope_scaling.frob";
  }
  EXPECT_TRUE(found);
}

TEST(ModelConfigTest, TheWholeOfMlaIsNotRotated) {
  const RopeConfig config = OnlyConfig(ReadModelConfig(
      R"({"model_type":"deepseek_v3","hidden_size":7168,"num_attention_heads":128,
          "qk_nope_head_dim":128,"qk_rope_head_dim":64,"rope_theta":10000})"));
  EXPECT_EQ(config.head_dim, 64);
  EXPECT_EQ(config.rotary_dim, 64);
}

TEST(ModelConfigTest, WidthsAreBounded) {
  for (const char* head_dim : {"0", "-2", "4098", "9223372036854775807", "99999999999999999999999",
                               "true", "\"64\"", "[64]"}) {
    const ModelConfigReport report = ReadModelConfig(absl::StrCat(
        R"({"hidden_size":256,"num_attention_heads":4,"max_position_embeddings":64,)",
        R"("rope_parameters":{"rope_type":"dynamic","factor":2.0},"head_dim":)", head_dim, "}"));
    EXPECT_FALSE(report.valid()) << head_dim;
  }
  EXPECT_TRUE(ReadModelConfig(R"({"head_dim":4096,"rope_theta":1e4})").valid());
}

TEST(ModelConfigTest, ShapesThatOverflowAreRefused) {
  for (const char* members : {R"("hidden_size":9223372036854775807,"num_attention_heads":1)",
                              R"("hidden_size":0,"num_attention_heads":4)",
                              R"("hidden_size":256,"num_attention_heads":0)",
                              R"("hidden_size":-256,"num_attention_heads":-4)",
                              R"("hidden_size":256,"num_attention_heads":512)"}) {
    EXPECT_FALSE(ReadModelConfig(absl::StrCat("{", members, "}")).valid()) << members;
  }
  EXPECT_FALSE(
      ReadModelConfig(R"({"model_type":"gemma3_text","num_hidden_layers":9223372036854775807})")
          .valid());
}

std::string SourceOf(const ModelConfigReport& report, const std::string& name) {
  for (const EffectiveValue& value : report.layer_types.at(0).effective_values) {
    if (value.name == name)
      return absl::StrCat(value.value, " | ", value.path, " | ", value.source);
  }
  return "";
}

TEST(ModelConfigTest, EveryEffectiveValueSaysWhereItComesFrom) {
  const ModelConfigReport report = ReadModelConfig(
      R"({"model_type":"gpt_neox","hidden_size":6144,"num_attention_heads":64,
          "rotary_emb_base":20000,"rope_scaling":{"rope_type":"yarn","factor":2.0}})");
  ASSERT_TRUE(report.valid());
  EXPECT_EQ(SourceOf(report, "rope_theta"), "20000 | rotary_emb_base | from rotary_emb_base");
  EXPECT_EQ(SourceOf(report, "factor"), "2.0 | rope_scaling.factor | given");
  EXPECT_EQ(SourceOf(report, "partial_rotary_factor"),
            "0.25 |  | default of model_type \"gpt_neox\", not in the configuration");
  EXPECT_EQ(SourceOf(report, "original_max_position_embeddings"),
            "2048 |  | default of model_type \"gpt_neox\", not in the configuration");
  EXPECT_EQ(SourceOf(report, "head_dim"), "96 |  | hidden_size / num_attention_heads");
  EXPECT_EQ(SourceOf(report, "rotary_dim"), "24 |  | int(head_dim * partial_rotary_factor)");
  EXPECT_EQ(SourceOf(report, "beta_fast"), "32.0 |  | default of rope_type \"yarn\"");
}

// A rope type that is added to core/rope_types needs a check in core/config/judge/rules as well.
TEST(ModelConfigTest, EveryRopeTypeHasRules) {
  for (const RopeType& type : AllRopeTypes()) {
    const ModelConfigReport report = ReadModelConfig(
        absl::StrCat(R"({"head_dim":64,"rope_parameters":{"rope_type":")", type.name, R"("}})"));
    for (const Finding& finding : report.findings) {
      EXPECT_NE(finding.code, FindingInfoOf(FindingId::kTypeNotComputed).code) << type.name;
    }
  }
}

TEST(ModelConfigTest, UnreadableDocumentsGiveOneFinding) {
  for (const char* text : {"", "null", "[]", "{", "\"llama\"", "{\"a\":}", "\xff"}) {
    const ModelConfigReport report = ReadModelConfig(text);
    EXPECT_EQ(report.findings.size(), 1U) << text;
    EXPECT_FALSE(report.valid());
    EXPECT_EQ(report.rope_parameters_json, "null");
    EXPECT_TRUE(report.layer_types.empty());
  }
}

}  // namespace
}  // namespace rope
