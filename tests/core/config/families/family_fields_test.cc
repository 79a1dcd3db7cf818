// Families whose class names, derives or fixes fields in its own way. Expected values are those of
// the configuration classes and rotary modules in transformers 5.24.
#include <cstdint>
#include <string>

#include "core/config/model_config.h"
#include "gmock/gmock.h"
#include "tests/testing/loading_fixture.h"

namespace rope {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

RopeConfig ConfigOf(const std::string& text) {
  const ModelConfigReport report = ReadModelConfig(text);
  const bool computes = !report.layer_types.empty() && report.layer_types[0].config.has_value();
  EXPECT_TRUE(computes) << text;
  return computes ? *report.layer_types[0].config : RopeConfig();
}

class FamilyFieldsTest : public testing::LoadingTest {};

// attribute_map of DbrxConfig and GPTJConfig: two names for one field. The class declares the
// first; the other becomes an attribute later, and wins.
TEST_F(FamilyFieldsTest, AFieldWithTwoNamesIsOneField) {
  EXPECT_EQ(ConfigOf(R"({"model_type":"dbrx","d_model":1024,"n_heads":8})").head_dim, 128);
  EXPECT_EQ(
      ConfigOf(R"({"model_type":"dbrx","hidden_size":1024,"num_attention_heads":8})").head_dim,
      128);
  EXPECT_EQ(
      ConfigOf(R"({"model_type":"dbrx","d_model":512,"hidden_size":1024,"n_heads":8})").head_dim,
      128);
  Load("exaone", R"({"num_layers":5})");
  EXPECT_EQ(state_->IntAttribute("num_hidden_layers"), 5);
}

TEST_F(FamilyFieldsTest, AMissingFieldIsNamedAsTheClassDeclaresIt) {
  const ModelConfigReport report = ReadModelConfig(R"({"model_type":"dbrx","n_heads":8})");
  std::vector<std::string> paths;
  for (const Finding& finding : report.findings) paths.push_back(finding.path);
  EXPECT_THAT(paths, Contains("d_model"));
}

// modeling_gptj.py: pos_embd_dim = rotary_dim; the base is 10000 and nothing scales it.
TEST_F(FamilyFieldsTest, GptJRotatesRotaryDimChannels) {
  const RopeConfig config =
      ConfigOf(R"({"model_type":"gptj","n_embd":4096,"n_head":16,"rotary_dim":64})");
  EXPECT_EQ(config.head_dim, 256);
  EXPECT_EQ(config.rotary_dim, 64);
  for (int64_t channels = 2; channels <= 100; channels += 2) {
    const RopeConfig odd = ConfigOf(R"({"model_type":"codegen","n_embd":1000,"n_head":10,
                                        "rotary_dim":)" +
                                    std::to_string(channels) + "}");
    EXPECT_EQ(odd.rotary_dim, channels);
  }
}

TEST_F(FamilyFieldsTest, AScalingThatAFixedFamilyDoesNotReadIsReported) {
  Load("gptj", R"({"rope_scaling":{"rope_type":"linear","factor":2.0}})");
  EXPECT_THAT(Findings(), Contains("ROPE-W117 rope_scaling"));
  Load("gptj", R"({"rope_parameters":{"rope_type":"linear"}})");
  EXPECT_THAT(Findings(), Contains("ROPE-E006 rope_parameters.factor"));
  Load("gptj", R"({"rotary_dim":null})");
  EXPECT_THAT(Findings(), Contains("ROPE-E013 rotary_dim"));
  Load("gptj", R"({"rotary_dim":512})");
  EXPECT_THAT(Findings(), Contains("ROPE-E013 rotary_dim"));
}

// Zamba2Config: attention_head_dim = 2 * hidden_size / num_attention_heads.
TEST_F(FamilyFieldsTest, HeadsOfZamba2AreTwiceAsWide) {
  EXPECT_EQ(
      ConfigOf(R"({"model_type":"zamba2","hidden_size":2560,"num_attention_heads":32})").head_dim,
      160);
  EXPECT_EQ(ConfigOf(R"({"model_type":"zamba2","attention_head_dim":80})").head_dim, 80);
}

// SarvamMLAConfig: deepseek_yarn becomes yarn, and a head_dim of the document is not read.
TEST_F(FamilyFieldsTest, SarvamReadsDeepseekYarnAsYarn) {
  const RopeConfig config = ConfigOf(R"({"model_type":"sarvam_mla","head_dim":576,
      "rope_scaling":{"type":"deepseek_yarn","factor":40,"beta_fast":32,"beta_slow":1,
                      "original_max_position_embeddings":4096,"mscale":1.0,"mscale_all_dim":1.0}})");
  EXPECT_EQ(config.rope_type, "yarn");
  EXPECT_EQ(config.head_dim, 64);
}

// DoryConfig.to_dict writes each layer as two entries, the second "mlp".
TEST_F(FamilyFieldsTest, DoryHalvesTheLayersOfASavedFile) {
  const ModelConfigReport report = ReadModelConfig(
      R"({"model_type":"dory","hidden_size":2560,"num_attention_heads":16,"head_dim":256,
          "num_hidden_layers":8,
          "layer_types":["sliding_attention","mlp","full_attention","mlp",
                         "sliding_attention","mlp","sliding_attention","mlp"]})");
  ASSERT_TRUE(report.valid());
  EXPECT_THAT(report.Find("full_attention")->layers, ::testing::ElementsAre(1));
  EXPECT_THAT(report.Find("sliding_attention")->layers, ::testing::ElementsAre(0, 2, 3));
  EXPECT_EQ(report.Find("full_attention")->config->rope_theta, 1e7);
}

// Dots3NoteTextConfig: the share is qk_rope_head_dim / head_dim, of each layer type.
TEST_F(FamilyFieldsTest, LayerTypesOfDots3HaveTheirOwnShares) {
  const ModelConfigReport report = ReadModelConfig(
      R"({"model_type":"dots3_note_text","num_hidden_layers":4,"head_dim":256,
          "qk_rope_head_dim":64,"swa_head_dim":224,"swa_qk_nope_head_dim":192,
          "swa_rope_theta":777.0})");
  ASSERT_TRUE(report.valid());
  EXPECT_EQ(report.Find("indexed_attention")->config->rotary_dim, 64);
  EXPECT_EQ(report.Find("indexed_attention")->config->rope_theta, 8e7);
  EXPECT_EQ(report.Find("sliding_attention")->config->head_dim, 224);
  EXPECT_EQ(report.Find("sliding_attention")->config->rotary_dim, 32);
  EXPECT_EQ(report.Find("sliding_attention")->config->rope_theta, 777.0);
}

// UltrabertConfig: {kind: theta for kind, theta in zip(layer_types, rope_theta)}.
TEST_F(FamilyFieldsTest, UltrabertTakesTheLastBaseOfEachLayerType) {
  const ModelConfigReport report = ReadModelConfig(
      R"({"model_type":"ultrabert","num_hidden_layers":3,"rope_theta":[1e4,2e4,3e5]})");
  ASSERT_TRUE(report.valid());
  EXPECT_EQ(report.Find("sliding_attention")->config->rope_theta, 2e4);
  EXPECT_EQ(report.Find("full_attention")->config->rope_theta, 3e5);
  Load("ultrabert", R"({"rope_theta":1e4})");
  EXPECT_THAT(Findings(), Contains("ROPE-E007 rope_theta"));
}

// Cohere2MoeConfig declares rope_scaling, and nothing reads it.
TEST_F(FamilyFieldsTest, Cohere2MoeDropsAScaling) {
  Load("cohere2_moe", R"({"rope_theta":5e4,"rope_scaling":{"rope_type":"linear","factor":4.0}})");
  EXPECT_EQ(WriteJson(state_->rope_parameters), R"({"rope_type":"default","rope_theta":50000.0})");
  EXPECT_THAT(Findings(), Contains("ROPE-W112 rope_scaling"));
}

TEST_F(FamilyFieldsTest, ABaseInAttnConfigOfDbrxIsNotRead) {
  const ModelConfigReport report =
      ReadModelConfig(R"({"model_type":"dbrx","attn_config":{"rope_theta":500000}})");
  std::vector<std::string> found;
  for (const Finding& f : report.findings) found.push_back(f.code + " " + f.path);
  EXPECT_THAT(found, Contains("ROPE-W131 attn_config.rope_theta"));
}

// No advice to write a value elsewhere: no place has an effect.
TEST_F(FamilyFieldsTest, NothingScalesAFixedFamily) {
  const ModelConfigReport report = ReadModelConfig(
      R"({"model_type":"gptj","n_embd":4096,"n_head":16,"rope_scaling":{"type":"linear",
          "factor":2.0}})");
  ASSERT_TRUE(report.valid());
  for (const Finding& finding : report.findings) {
    EXPECT_NE(finding.code, "ROPE-W132");
    EXPECT_THAT(finding.message, ::testing::Not(HasSubstr("write it as")));
  }
}

TEST_F(FamilyFieldsTest, LearnedFrequenciesAreAWarning) {
  const ModelConfigReport report = ReadModelConfig(R"({"model_type":"mistral_large4_text"})");
  EXPECT_TRUE(report.valid());
  std::vector<std::string> codes;
  for (const Finding& finding : report.findings) codes.push_back(finding.code);
  EXPECT_THAT(codes, Contains("ROPE-W138"));
}

// Not a rotation by one position: refused by name, with the reason.
TEST_F(FamilyFieldsTest, WhatIsNotComputedIsRefusedByName) {
  for (const Family& family : AllFamilies()) {
    if (family.not_computed.empty()) continue;
    const ModelConfigReport report =
        ReadModelConfig("{\"model_type\":\"" + std::string(family.model_type) + "\"}");
    ASSERT_FALSE(report.valid()) << family.model_type;
    EXPECT_THAT(report.layer_types, IsEmpty());
    EXPECT_EQ(report.findings.back().code, "ROPE-E005");
    EXPECT_THAT(report.findings.back().message, HasSubstr(std::string(family.not_computed)));
  }
}

}  // namespace
}  // namespace rope
