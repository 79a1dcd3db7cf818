// Families whose code comes with the model. Expected values follow from the published
// configurations and the code that the rows name.
#include <string>
#include <vector>

#include "core/config/families/families.h"
#include "core/config/model_config.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

using ::testing::ElementsAre;

struct Case {
  const char* what;
  const char* json;
  int64_t head_dim;
  int64_t rotary_dim;
  double rope_theta;
};

constexpr Case kCases[] = {
    {"Ling-mini-2.0",
     R"({"model_type":"bailing_moe","hidden_size":2048,"num_attention_heads":16,"head_dim":128,
         "partial_rotary_factor":0.5,"rope_theta":600000})",
     128, 64, 600000},
    {"Ling-lite",
     R"({"model_type":"bailing_moe","hidden_size":2048,"num_attention_heads":16,
         "rope_theta":600000})",
     128, 128, 600000},
    {"GLM-4-9B-chat as published by its authors: 10000 * rope_ratio",
     R"({"model_type":"chatglm","hidden_size":4096,"num_attention_heads":32,"kv_channels":128,
         "rope_ratio":500,"seq_length":131072,"num_layers":40})",
     128, 64, 5e6},
    {"ChatGLM3-6B",
     R"({"model_type":"chatglm","hidden_size":4096,"num_attention_heads":32,"kv_channels":128,
         "seq_length":8192,"num_layers":28})",
     128, 64, 10000},
    {"Qwen-7B",
     R"({"model_type":"qwen","hidden_size":4096,"num_attention_heads":32,"kv_channels":128,
         "rotary_emb_base":10000,"rotary_pct":1.0,"seq_length":8192,"num_hidden_layers":32})",
     128, 128, 10000},
    {"Baichuan2-7B",
     R"({"model_type":"baichuan","hidden_size":4096,"num_attention_heads":32,
         "max_position_embeddings":4096})",
     128, 128, 10000},
    {"MiniMax-Text-01",
     R"({"model_type":"minimax_text_01","hidden_size":6144,"num_attention_heads":64,
         "head_dim":128,"rotary_dim":64,"rope_theta":10000000})",
     128, 64, 1e7},
    {"InternLM2", R"({"model_type":"internlm2","hidden_size":2048,"num_attention_heads":16,
                      "rope_theta":1000000})",
     128, 128, 1e6},
    {"Kimi-K2", R"({"model_type":"kimi_k2","hidden_size":7168,"num_attention_heads":64,
                    "qk_rope_head_dim":64,"rope_theta":50000})",
     64, 64, 50000},
};

TEST(RemoteFamiliesTest, AreReadByTheirRules) {
  for (const Case& one : kCases) {
    SCOPED_TRACE(one.what);
    const ModelConfigReport report = ReadModelConfig(one.json);
    ASSERT_TRUE(report.valid()) << report.findings[0].path << " " << report.findings[0].message;
    const RopeConfig& config = *report.layer_types[0].config;
    EXPECT_EQ(config.head_dim, one.head_dim);
    EXPECT_EQ(config.rotary_dim, one.rotary_dim);
    EXPECT_EQ(config.rope_theta, one.rope_theta);
  }
}

// Spark-X2.5-4B: a quarter of the head of 256 rotates in every fourth layer.
TEST(RemoteFamiliesTest, SparkHasTwoParameterSets) {
  const ModelConfigReport report = ReadModelConfig(
      R"({"architectures":["Spark2_5ForCausalLM"],"hidden_size":2560,"num_attention_heads":16,
          "num_hidden_layers":4,"head_dim":256,"max_position_embeddings":1048576})");
  ASSERT_TRUE(report.valid()) << report.findings[0].message;
  EXPECT_EQ(report.Find("full_attention")->config->rotary_dim, 64);
  EXPECT_THAT(report.Find("full_attention")->layers, ElementsAre(3));
  EXPECT_EQ(report.Find("sliding_attention")->config->rotary_dim, 256);
}

TEST(RemoteFamiliesTest, SomeLayersDoNotRotate) {
  const ModelConfigReport nas = ReadModelConfig(
      R"({"model_type":"nemotron-nas","hidden_size":256,"num_attention_heads":4,
          "num_hidden_layers":3,"rope_theta":500000.0,"block_configs":[{"attention":{"no_op":false}},
          {"attention":{"no_op":true}},{"attention":{"replace_with_linear":true}}]})");
  EXPECT_THAT(nas.layers_without_rope, ElementsAre(1, 2));
  const ModelConfigReport minimax = ReadModelConfig(
      R"({"model_type":"minimax_m1","hidden_size":256,"num_attention_heads":4,"head_dim":64,
          "num_hidden_layers":3,"rope_theta":1e7,"attn_type_list":[0,0,1]})");
  EXPECT_THAT(minimax.layers_without_rope, ElementsAre(0, 1));
  const ModelConfigReport baichuan13b = ReadModelConfig(
      R"({"model_type":"baichuan","hidden_size":5120,"num_attention_heads":40,
          "num_hidden_layers":2})");
  EXPECT_THAT(baichuan13b.layers_without_rope, ElementsAre(0, 1));
}

TEST(RemoteFamiliesTest, PositionsWithTwoAxesAreRefused) {
  EXPECT_FALSE(ReadModelConfig(R"({"model_type":"chatglm","hidden_size":4096,
      "num_attention_heads":32,"position_encoding_2d":true,"max_sequence_length":2048})")
                   .valid());
}

TEST(RemoteFamiliesTest, EveryRemoteNameLeadsToAFamily) {
  for (const char* name : {"internlm2", "kimi_k2", "minicpm", "phi4mm", "xverse"}) {
    const RemoteName* row = FindRemoteName(name);
    ASSERT_NE(row, nullptr) << name;
    EXPECT_NE(FindFamily(row->family), nullptr) << name;
    EXPECT_EQ(FindFamily(name), nullptr) << name << " has its own rules";
  }
}

struct Architecture {
  const char* name;
  const char* family;  // "": none
};

TEST(ArchitecturesTest, AreNamedAfterTheirFamily) {
  for (const Architecture& one : std::vector<Architecture>{{"LlamaForCausalLM", "llama"},
                                                           {"Qwen2MoeForCausalLM", "qwen2_moe"},
                                                           {"DeepseekV3ForCausalLM", "deepseek_v3"},
                                                           {"Gemma3ForCausalLM", "gemma3_text"},
                                                           {"QWenLMHeadModel", "qwen"},
                                                           {"ChatGLMModel", "chatglm"},
                                                           {"BaichuanForCausalLM", "baichuan"},
                                                           {"DeciLMForCausalLM", "nemotron-nas"},
                                                           {"FrobnicatorForCausalLM", ""},
                                                           {"", ""}}) {
    const Family* family = FamilyOfArchitecture(one.name);
    EXPECT_EQ(family != nullptr ? family->model_type : "", one.family) << one.name;
  }
}

TEST(ArchitecturesTest, MayHaveNoRotaryEmbedding) {
  EXPECT_TRUE(ArchitectureHasNoRotaryEmbedding("GPT2LMHeadModel"));
  EXPECT_TRUE(ArchitectureHasNoRotaryEmbedding("NemotronHForCausalLM"));
  EXPECT_FALSE(ArchitectureHasNoRotaryEmbedding("LlamaForCausalLM"));
  EXPECT_TRUE(HasNoRotaryEmbedding("bert"));
  EXPECT_FALSE(HasNoRotaryEmbedding("modernbert"));
}

}  // namespace
}  // namespace rope
