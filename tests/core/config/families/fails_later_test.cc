// Configurations that transformers loads, and whose model then fails when it is built or on its
// first input. The comments name the line of transformers 5.24 that fails.
#include <string>
#include <vector>

#include "core/config/model_config.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

using ::testing::Contains;
using ::testing::Not;

std::vector<std::string> CodesOf(const ModelConfigReport& report) {
  std::vector<std::string> codes;
  for (const Finding& finding : report.findings) codes.push_back(finding.code);
  return codes;
}

struct Case {
  const char* why;
  const char* json;
};

#define HEAD_128 R"("hidden_size":256,"num_attention_heads":2,"num_hidden_layers":1,)"

constexpr Case kFail[] = {
    {"get_llama_4_attn_scale: beta * log(...) with beta None",
     R"({"model_type":"ministral3","rope_parameters":{"rope_type":"yarn","rope_theta":1e6,
         "factor":16.0,"original_max_position_embeddings":16384}})"},
    {"the same, mistral4",
     R"({"model_type":"mistral4","rope_parameters":{"rope_type":"yarn","rope_theta":1e6,
         "factor":16.0,"original_max_position_embeddings":16384,"llama_4_scaling_beta":null}})"},
    {"get_llama_4_attn_scale: positions / None",
     R"({"model_type":"ministral3","rope_parameters":{"rope_type":"default","rope_theta":1e6,
         "llama_4_scaling_beta":0.1}})"},
    {"freq.split([16, 24, 20], dim=-1) of 64 frequencies",
     R"({"model_type":"qwen2_vl_text",)" HEAD_128
     R"("rope_scaling":{"type":"mrope","mrope_section":[16,24,20]}})"},
    {"freq.split([16.0, ...])",
     R"({"model_type":"qwen2_5_vl_text",)" HEAD_128
     R"("rope_scaling":{"type":"mrope","mrope_section":[16.0,24.0,24.0]}})"},
    {"mrope_section[2] of two entries",
     R"({"model_type":"qwen3_vl_text",)" HEAD_128
     R"("rope_scaling":{"rope_type":"default","mrope_section":[32,32]}})"},
};

TEST(FailsLaterTest, IsAnErrorThatSaysWhen) {
  for (const Case& one : kFail) {
    SCOPED_TRACE(one.why);
    const ModelConfigReport report = ReadModelConfig(one.json);
    EXPECT_FALSE(report.valid());
    ASSERT_THAT(CodesOf(report), Contains("ROPE-E025"));
    for (const Finding& finding : report.findings) {
      if (finding.code == "ROPE-E025") {
        EXPECT_THAT(finding.message, ::testing::HasSubstr("fails on its first input"));
      }
    }
  }
}

TEST(FailsLaterTest, WhatWorksIsNoError) {
  for (const char* json :
       {R"({"model_type":"ministral3"})", R"({"model_type":"mistral4"})",
        R"({"model_type":"qwen2_vl_text","hidden_size":256,"num_attention_heads":2,
            "rope_scaling":{"type":"mrope","mrope_section":[16,24,24]}})",
        // apply_interleaved_mrope takes any three integers.
        R"({"model_type":"qwen3_vl_text","rope_scaling":{"mrope_section":[24,20,10]}})"}) {
    const ModelConfigReport report = ReadModelConfig(json);
    EXPECT_TRUE(report.valid()) << json;
    EXPECT_THAT(CodesOf(report), Not(Contains("ROPE-E025"))) << json;
  }
}

// The class's default mrope_section, [8, 12, 12], does not fit its default head of 128 channels.
TEST(FailsLaterTest, ADefaultThatDoesNotFitIsAWarning) {
  const ModelConfigReport report = ReadModelConfig(R"({"model_type":"glm4v_text"})");
  EXPECT_TRUE(report.valid());
  EXPECT_THAT(CodesOf(report), Contains("ROPE-W123"));
}

// mistral-common's files keep the two numbers at the top level; the fix carries them over.
TEST(FailsLaterTest, TheScalingOfTheTopLevelIsTheFix) {
  const ModelConfigReport report = ReadModelConfig(
      R"({"model_type":"ministral3","llama_4_scaling":{"beta":0.2},"rope_parameters":
          {"rope_type":"yarn","rope_theta":1e6,"factor":16.0,
           "original_max_position_embeddings":16384}})");
  ASSERT_THAT(CodesOf(report), Contains("ROPE-E025"));
  for (const Finding& finding : report.findings) {
    if (finding.code == "ROPE-E025") {
      EXPECT_EQ(finding.path, "rope_parameters.llama_4_scaling_beta");
      EXPECT_EQ(finding.fix, R"({"rope_parameters":{"llama_4_scaling_beta":0.2}})");
    }
  }
}

}  // namespace
}  // namespace rope
