// What the steps of single families make of a document. Expected values are those of the families'
// configuration classes in transformers 5.24.
#include <string>

#include "gmock/gmock.h"
#include "tests/testing/loading_fixture.h"

namespace rope {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FamilyStepsTest : public testing::LoadingTest {
 protected:
  // rope_parameters after loading.
  std::string Parameters(const std::string& model_type, const std::string& text) {
    return WriteJson(Load(model_type, text).rope_parameters);
  }
};

TEST_F(FamilyStepsTest, Gemma3HasABaseForEachOfItsTwoLayerTypes) {
  EXPECT_EQ(Parameters("gemma3_text", R"({"rope_local_base_freq":2e4})"),
            R"({"sliding_attention":{"rope_type":"default","rope_theta":20000.0},)"
            R"("full_attention":{"rope_type":"default","rope_theta":1000000.0}})");
}

TEST_F(FamilyStepsTest, Gemma3ScalesFullAttentionOnly) {
  EXPECT_EQ(Parameters("gemma3_text", R"({"rope_scaling":{"rope_type":"linear","factor":8.0}})"),
            R"({"sliding_attention":{"rope_type":"default","rope_theta":10000.0},)"
            R"("full_attention":{"rope_type":"linear","factor":8.0,"rope_theta":1000000.0}})");
}

TEST_F(FamilyStepsTest, TheBaseOfOlmo3ReachesFullAttentionOnly) {
  EXPECT_EQ(Parameters("olmo3", R"({"rope_theta":1e4})"),
            R"({"sliding_attention":{"rope_type":"default","rope_theta":500000.0},)"
            R"("full_attention":{"rope_type":"default","rope_theta":10000.0}})");
  EXPECT_THAT(Findings(), ElementsAre("ROPE-W113 rope_theta"));
}

TEST_F(FamilyStepsTest, ModernBertNamesItsBasesGlobalAndLocal) {
  EXPECT_EQ(Parameters("modernbert", R"({"global_rope_theta":1e5,"local_rope_theta":2e4})"),
            R"({"sliding_attention":{"rope_type":"default","rope_theta":20000.0},)"
            R"("full_attention":{"rope_type":"default","rope_theta":100000.0}})");
}

TEST_F(FamilyStepsTest, GptNeoXStatesTheShareAsRotaryPct) {
  EXPECT_EQ(Parameters("gpt_neox", R"({"rotary_emb_base":25000,"rotary_pct":0.5})"),
            R"({"rope_theta":25000,"partial_rotary_factor":0.5,"rope_type":"default"})");
  EXPECT_EQ(Parameters("gpt_neox", "{}"),
            R"({"rope_theta":10000.0,"partial_rotary_factor":0.25,"rope_type":"default"})");
  EXPECT_EQ(Parameters("gpt_neox_japanese", "{}"),
            R"({"rope_theta":10000.0,"partial_rotary_factor":1.0,"rope_type":"default"})");
}

TEST_F(FamilyStepsTest, RotaryDimOfMiniMaxM2IsAShareOfHeadDim) {
  EXPECT_EQ(Parameters("minimax_m2", R"({"head_dim":128,"rotary_dim":64})"),
            R"({"rope_theta":5000000.0,"partial_rotary_factor":0.5,"rope_type":"default"})");
  Load("minimax_m2", R"({"head_dim":128,"rotary_dim":"64"})");
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E007 rotary_dim"));
  Load("minimax_m2", R"({"head_dim":0,"rotary_dim":64})");
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E013 head_dim"));
}

TEST_F(FamilyStepsTest, Phi3ReadsSuAndYarnAsLongrope) {
  for (const char* type : {"su", "yarn", "longrope"}) {
    Load("phi3", std::string(R"({"rope_scaling":{"type":")") + type + R"("}})");
    EXPECT_EQ(state_->rope_parameters.Find("rope_type")->as_string(), "longrope") << type;
    EXPECT_EQ(state_->IntAttribute("original_max_position_embeddings"), 4096);
  }
}

TEST_F(FamilyStepsTest, OnlyPhi4MultimodalTakesANullLength) {
  const std::string text = R"({"original_max_position_embeddings":null})";
  Load("phi4_multimodal", text);
  EXPECT_THAT(Findings(), IsEmpty());
  Load("phi3", text);
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E011 original_max_position_embeddings"));
}

TEST_F(FamilyStepsTest, TheSharesOfMistral4AreItsRopeChannels) {
  LoadingState& state = Load("mistral4", R"({"qk_rope_head_dim":32,"qk_nope_head_dim":96})");
  EXPECT_EQ(state.IntAttribute("head_dim"), 128);
  EXPECT_EQ(WriteJson(*state.rope_parameters.Find("partial_rotary_factor")), "0.25");
  EXPECT_EQ(WriteJson(*state.rope_parameters.Find("factor")), "128.0");
}

TEST_F(FamilyStepsTest, TheDefaultOfMinistral3IsYarnWithTheModelsLength) {
  LoadingState& state = Load("ministral3", R"({"max_position_embeddings":65536})");
  EXPECT_EQ(state.rope_parameters.Find("rope_type")->as_string(), "yarn");
  EXPECT_EQ(state.rope_parameters.Find("max_position_embeddings")->as_int(), 65536);
  Load("ministral3", R"({"rope_parameters":{"rope_type":"default","rope_theta":1e4}})");
  EXPECT_EQ(state_->rope_parameters.Find("max_position_embeddings"), nullptr);
}

TEST_F(FamilyStepsTest, TheLastLayerOfGemma4HasFullAttention) {
  LoadingState& state = Load("gemma4_text", R"({"num_hidden_layers":2,"global_head_dim":256,
                              "layer_types":["full_attention","sliding_attention"]})");
  EXPECT_EQ(WriteJson(*state.Attribute("layer_types")), R"(["full_attention","full_attention"])");
  EXPECT_EQ(WriteJson(*state.Attribute("per_layer_config")),
            R"({"0":{"head_dim":256},"1":{"head_dim":256}})");
  EXPECT_THAT(Findings(), ElementsAre("ROPE-W127 layer_types[1]"));
}

TEST_F(FamilyStepsTest, DeepseekV4MakesTwoSetsOfOne) {
  LoadingState& state =
      Load("deepseek_v4", R"({"num_hidden_layers":4,"compress_ratios":[0,4,128,4,0],
                              "head_dim":512,"qk_rope_head_dim":64,"compress_rope_theta":4e4,
                              "rope_scaling":{"type":"yarn","factor":16.0,
                                              "original_max_position_embeddings":65536}})");
  const JsonValue& main = *state.rope_parameters.Find("main");
  const JsonValue& compress = *state.rope_parameters.Find("compress");
  EXPECT_EQ(WriteJson(main),
            R"({"rope_type":"default","rope_theta":10000.0,"partial_rotary_factor":0.125})");
  EXPECT_EQ(compress.Find("rope_type")->as_string(), "yarn");
  EXPECT_EQ(WriteJson(*compress.Find("rope_theta")), "40000.0");
  EXPECT_EQ(WriteJson(*compress.Find("attention_factor")), "1.0");
  EXPECT_EQ(WriteJson(*state.Attribute("layer_types")),
            R"(["sliding_attention","compressed_sparse_attention",)"
            R"("heavily_compressed_attention","compressed_sparse_attention"])");
}

TEST_F(FamilyStepsTest, Step3p5HasAnEntryPerLayer) {
  LoadingState& state = Load("step3p5", R"({"num_hidden_layers":2,"num_nextn_predict_layers":1,
                          "layer_types":["full_attention","sliding_attention","full_attention"],
                          "rope_theta":[5e6,1e4,5e6],"partial_rotary_factors":[0.5,1.0,0.5],
                          "rope_scaling":{"rope_type":"linear","factor":2.0}})");
  EXPECT_EQ(WriteJson(state.rope_parameters),
            R"({"full_attention":{"rope_type":"linear","rope_theta":5000000.0,)"
            R"("partial_rotary_factor":0.5,"factor":2.0},)"
            R"("sliding_attention":{"rope_type":"default","rope_theta":10000.0,)"
            R"("partial_rotary_factor":1.0}})");
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(FamilyStepsTest, ListsOfStep3p5ThatAreTooShortAreFindings) {
  Load("step3p5", R"({"num_hidden_layers":2,"layer_types":["full_attention","sliding_attention"],
                      "rope_theta":[5e6]})");
  EXPECT_THAT(Findings(), ::testing::Contains("ROPE-E015 rope_theta"));
}

TEST_F(FamilyStepsTest, Qwen2VlReadsMropeAsDefault) {
  EXPECT_EQ(
      Parameters("qwen2_vl_text",
                 R"({"rope_scaling":{"type":"mrope","mrope_section":[16,24,24]}})"),
      R"({"type":"mrope","mrope_section":[16,24,24],"rope_theta":1000000.0,"rope_type":"default"})");
}

TEST_F(FamilyStepsTest, HunYuanVlReadsXdropeAsDynamic) {
  LoadingState& state = Load("hunyuan_vl_text",
                             R"({"head_dim":32,"rope_scaling":{"type":"xdrope","alpha":1000.0,
                                 "factor":1.0,"xdrope_section":[4,4,8.0]}})");
  EXPECT_EQ(state.rope_parameters.Find("rope_type")->as_string(), "dynamic");
  EXPECT_EQ(state.rope_parameters.Find("xdrope_section"), nullptr);
  EXPECT_EQ(WriteJson(*state.rope_parameters.Find("mrope_section")), "[4,4,8]");
  EXPECT_THAT(Findings(), IsEmpty());
  Load("hunyuan_vl_text", R"({"head_dim":32,"rope_scaling":{"type":"xdrope","alpha":1000.0,
                              "factor":1.0,"xdrope_section":[4,4,4]}})");
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E020 rope_scaling.xdrope_section"));
}

TEST_F(FamilyStepsTest, FieldsThatAClassComputesCannotBeSet) {
  EXPECT_EQ(Load("falcon", R"({"n_embed":512})").IntAttribute("hidden_size"), 512);
  Load("falcon", R"({"head_dim":64})");
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E011 head_dim"));
  for (const char* family : {"bamba", "falcon_h1"}) {
    Load(family, R"({"layer_types":["full_attention"]})");
    EXPECT_THAT(Findings(), ::testing::Contains("ROPE-E011 layer_types")) << family;
  }
  EXPECT_EQ(WriteJson(*Load("bamba", R"({"partial_rotary_factor":1.0})")
                           .rope_parameters.Find("partial_rotary_factor")),
            "0.5");
}

}  // namespace
}  // namespace rope
