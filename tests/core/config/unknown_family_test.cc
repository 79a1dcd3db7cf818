// What happens to a configuration whose family is not known, or known by other means than its
// model_type.
#include "core/config/unknown_family.h"

#include <string>
#include <vector>

#include "core/config/model_config.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The codes and paths of errors and warnings, and of the notes about the family.
std::vector<std::string> FindingsOf(const std::string& json) {
  std::vector<std::string> found;
  for (const Finding& finding : ReadModelConfig(json).findings) {
    const bool about_family = finding.code == "ROPE-N201" || finding.code == "ROPE-N207";
    if (finding.severity == Severity::kNote && !about_family) continue;
    found.push_back(finding.code + " " + finding.path);
  }
  return found;
}

#define COMPLETE                                                                 \
  R"("hidden_size":256,"num_attention_heads":4,"max_position_embeddings":4096,)" \
  R"("rope_theta":10000.0)"

TEST(UnknownFamilyTest, AFileThatSaysEverythingIsAnsweredWithAWarning) {
  EXPECT_THAT(FindingsOf(R"({"model_type":"x",)" COMPLETE "}"),
              ElementsAre("ROPE-W120 model_type"));
  EXPECT_THAT(FindingsOf("{" COMPLETE "}"), ElementsAre("ROPE-N201 model_type"));
  EXPECT_EQ(ReadModelConfig("{" COMPLETE "}").family, "llama");
}

TEST(UnknownFamilyTest, WhatIsLeftToADefaultIsAnError) {
  EXPECT_THAT(FindingsOf(R"({"model_type":"x","hidden_size":256,"num_attention_heads":4})"),
              ElementsAre("ROPE-E024 rope_theta"));
  EXPECT_THAT(FindingsOf(R"({"model_type":"x","rope_theta":10000.0,"hidden_size":256})"),
              ElementsAre("ROPE-E024 num_attention_heads"));
  EXPECT_THAT(FindingsOf(R"({"model_type":"x","rope_theta":10000.0,"head_dim":64})"),
              ElementsAre("ROPE-W120 model_type"));
}

TEST(UnknownFamilyTest, ABaseMayStandInAnyParameterSet) {
  EXPECT_THAT(FindingsOf(R"({"model_type":"x","head_dim":64,
                             "rope_parameters":{"rope_type":"default","rope_theta":5e5}})"),
              ElementsAre("ROPE-W120 model_type"));
  EXPECT_THAT(FindingsOf(R"({"model_type":"x","head_dim":64,"layer_types":["full_attention"],
                             "num_hidden_layers":1,"rope_parameters":
                             {"full_attention":{"rope_type":"default","rope_theta":5e5}}})"),
              ElementsAre("ROPE-W120 model_type"));
}

TEST(UnknownFamilyTest, AMemberThatHintsAtAnotherRuleIsAnError) {
  for (const char* member :
       {R"("qk_rope_head_dim":64)", R"("partial_rotary_factor":0.5)", R"("rotary_dim":32)",
        R"("rotary_pct":0.25)", R"("rope_ratio":500)", R"("kv_channels":128)",
        R"("mla_use_nope":true)", R"("hybrid_override_pattern":"M*-M")", R"("alibi":true)",
        R"("position_embedding_type":"absolute")"}) {
    const std::string text = std::string(R"({"model_type":"x",)" COMPLETE ",") + member + "}";
    const ModelConfigReport report = ReadModelConfig(text);
    EXPECT_FALSE(report.valid()) << text;
    EXPECT_EQ(report.findings[0].code, "ROPE-E024") << text;
  }
  for (const char* member : {R"("partial_rotary_factor":1.0)", R"("rotary_dim":null)",
                             R"("alibi":false)", R"("position_embedding_type":"rope")"}) {
    const std::string text = std::string(R"({"model_type":"x",)" COMPLETE ",") + member + "}";
    EXPECT_TRUE(ReadModelConfig(text).valid()) << text;
  }
}

TEST(UnknownFamilyTest, ArchitecturesDecide) {
  const ModelConfigReport report = ReadModelConfig(
      R"({"architectures":["DeepseekV3ForCausalLM"],"model_type":"x","hidden_size":7168,
          "num_attention_heads":64,"qk_rope_head_dim":64,"rope_theta":50000.0})");
  ASSERT_TRUE(report.valid());
  EXPECT_EQ(report.family, "deepseek_v3");
  EXPECT_EQ(report.findings[0].code, "ROPE-W134");
  EXPECT_EQ(report.layer_types[0].config->rotary_dim, 64);
}

TEST(UnknownFamilyTest, AModelWithoutRotaryEmbeddingIsRefused) {
  EXPECT_THAT(FindingsOf(R"({"model_type":"nemotron_h",)" COMPLETE "}"),
              ElementsAre("ROPE-E023 model_type"));
}

TEST(UnknownFamilyTest, ARemoteNameIsANote) {
  EXPECT_THAT(FindingsOf(R"({"model_type":"xverse",)" COMPLETE "}"),
              ElementsAre("ROPE-N207 model_type"));
  EXPECT_THAT(FindingsOf(R"({"model_type":"llama",)" COMPLETE "}"), IsEmpty());
}

}  // namespace
}  // namespace rope
