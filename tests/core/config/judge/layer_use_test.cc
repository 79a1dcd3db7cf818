// Which layers rotate, as the attention classes of transformers 5.24 decide it.
#include "core/config/judge/layer_use.h"

#include <string>
#include <vector>

#include "core/config/model_config.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<int64_t> LayersOf(const ModelConfigReport& report, const std::string& layer_type) {
  const LayerTypeConfig* entry = report.Find(layer_type);
  return entry != nullptr ? entry->layers : std::vector<int64_t>{-1};
}

TEST(LayerUseTest, AllLayersOfAPlainModel) {
  const auto report = ReadModelConfig(
      R"({"model_type":"llama","hidden_size":64,"num_attention_heads":1,"num_hidden_layers":3})");
  EXPECT_THAT(LayersOf(report, ""), ElementsAre(0, 1, 2));
  EXPECT_THAT(report.layers_without_rope, IsEmpty());
}

TEST(LayerUseTest, LayerTypesOfTheirOwnParameters) {
  const auto report = ReadModelConfig(
      R"({"model_type":"gemma3_text","num_hidden_layers":7,"sliding_window_pattern":3})");
  EXPECT_THAT(LayersOf(report, "full_attention"), ElementsAre(2, 5));
  EXPECT_THAT(LayersOf(report, "sliding_attention"), ElementsAre(0, 1, 3, 4, 6));
}

// modeling_llama4.py: use_rope = no_rope_layers[layer_idx]; 1 means that the layer rotates.
TEST(LayerUseTest, Llama4AndSmolLm3ByTheirList) {
  const auto by_interval = ReadModelConfig(R"({"model_type":"llama4_text","num_hidden_layers":8})");
  EXPECT_THAT(LayersOf(by_interval, ""), ElementsAre(0, 1, 2, 4, 5, 6));
  EXPECT_THAT(by_interval.layers_without_rope, ElementsAre(3, 7));
  const auto third = ReadModelConfig(
      R"({"model_type":"smollm3","num_hidden_layers":9,"no_rope_layer_interval":3})");
  EXPECT_THAT(third.layers_without_rope, ElementsAre(2, 5, 8));
  const auto listed = ReadModelConfig(
      R"({"model_type":"smollm3","num_hidden_layers":4,"no_rope_layers":[0,1,1,0]})");
  EXPECT_THAT(LayersOf(listed, ""), ElementsAre(1, 2));
  EXPECT_THAT(listed.layers_without_rope, ElementsAre(0, 3));
}

// modeling_cohere2.py: only layers with a window rotate. modeling_exaone4.py: the same, but in a
// model without a window all layers rotate. modeling_afmoe.py: only local layers rotate.
TEST(LayerUseTest, GlobalLayersWithoutRotaryEmbedding) {
  for (const char* model_type : {"cohere2", "exaone4", "afmoe"}) {
    const auto report = ReadModelConfig(std::string(R"({"model_type":")") + model_type +
                                        R"(","num_hidden_layers":8})");
    EXPECT_THAT(LayersOf(report, ""), ElementsAre(0, 1, 2, 4, 5, 6)) << model_type;
    EXPECT_THAT(report.layers_without_rope, ElementsAre(3, 7)) << model_type;
  }
  const auto all = ReadModelConfig(
      R"({"model_type":"exaone4","num_hidden_layers":2,"sliding_window":null,
          "layer_types":["full_attention","full_attention"]})");
  EXPECT_THAT(LayersOf(all, ""), ElementsAre(0, 1));
}

// modeling_falcon.py: queries and keys are rotated only without alibi.
TEST(LayerUseTest, AModelWithoutAnyRotatedLayerIsReported) {
  const auto report =
      ReadModelConfig(R"({"model_type":"falcon","num_hidden_layers":3,"alibi":true})");
  EXPECT_TRUE(report.valid());
  EXPECT_THAT(report.layers_without_rope, ElementsAre(0, 1, 2));
  ASSERT_FALSE(report.findings.empty());
  EXPECT_EQ(report.findings.back().code, "ROPE-W139");
  EXPECT_EQ(report.findings.back().path, "alibi");
}

// modeling_molmo2.py: rope_types of Molmo2TextModel. The unscaled table has the same base.
TEST(LayerUseTest, OnlySomeLayersAreScaled) {
  const std::string shape = R"("model_type":"molmo2_text","num_hidden_layers":4,"rope_parameters":
      {"rope_type":"linear","factor":8.0,"rope_theta":500000.0})";
  const auto some = ReadModelConfig("{" + shape + R"(,"rope_scaling_layers":[0,2,9]})");
  EXPECT_THAT(LayersOf(some, "scaled"), ElementsAre(0, 2));
  EXPECT_THAT(LayersOf(some, "unscaled"), ElementsAre(1, 3));
  EXPECT_EQ(some.Find("scaled")->config->rope_type, "linear");
  EXPECT_EQ(some.Find("unscaled")->config->rope_type, "default");
  EXPECT_EQ(some.Find("unscaled")->config->rope_theta, 500000.0);
  const auto all = ReadModelConfig("{" + shape + "}");
  EXPECT_THAT(LayersOf(all, ""), ElementsAre(0, 1, 2, 3));
}

TEST(LayerUseTest, LayersWithoutAttention) {
  const auto hybrid = ReadModelConfig(R"({"model_type":"qwen3_next","num_hidden_layers":8})");
  EXPECT_THAT(LayersOf(hybrid, ""), ElementsAre(3, 7));
  const auto bamba = ReadModelConfig(
      R"({"model_type":"bamba","num_hidden_layers":6,"attn_layer_indices":[1,4,99]})");
  EXPECT_THAT(LayersOf(bamba, ""), ElementsAre(1, 4));
  EXPECT_THAT(bamba.layers_without_rope, ElementsAre(0, 2, 3, 5));
}

// modeling_deepseek_v4.py: "main" where layer_types says sliding_attention, "compress" elsewhere.
TEST(LayerUseTest, ParameterSetsOfDeepseekV4) {
  const auto report = ReadModelConfig(
      R"({"model_type":"deepseek_v4","num_hidden_layers":3,"layer_types":["sliding_attention",
          "compressed_sparse_attention","heavily_compressed_attention"]})");
  EXPECT_THAT(LayersOf(report, "main"), ElementsAre(0));
  EXPECT_THAT(LayersOf(report, "compress"), ElementsAre(1, 2));
}

TEST(LayerUseTest, ParametersThatAreNull) {
  const auto report = ReadModelConfig(
      R"({"model_type":"gemma3_text","num_hidden_layers":2,
          "layer_types":["full_attention","sliding_attention"],
          "rope_parameters":{"full_attention":{"rope_type":"default","rope_theta":1e6},
                             "sliding_attention":{"rope_type":"default","rope_theta":1e4}}})");
  EXPECT_THAT(LayersOf(report, "sliding_attention"), ElementsAre(1));
}

TEST(LayerUseTest, AnUnknownOrAbsurdNumberOfLayersGivesNoList) {
  const auto report = ReadModelConfig(
      R"({"model_type":"llama","hidden_size":64,"num_attention_heads":1,
          "num_hidden_layers":1000000000})");
  EXPECT_TRUE(report.valid());
  EXPECT_THAT(LayersOf(report, ""), IsEmpty());
  EXPECT_THAT(report.layers_without_rope, IsEmpty());
}

}  // namespace
}  // namespace rope
