#include "core/config/load/per_layer_config.h"

#include <string>

#include "core/config/model_config.h"
#include "gmock/gmock.h"
#include "tests/testing/loading_fixture.h"

namespace rope {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PerLayerConfigTest : public testing::LoadingTest {
 protected:
  // The numbers of the layers that `keys` name, with `keys` as members of per_layer_config.
  std::string Layers(const std::string& keys) {
    static constexpr Family kFamily = {.model_type = "test", .shape = {64, 1, 128, 12}};
    LoadingState& state = Start(kFamily, R"({"per_layer_config":{)" + keys + "}}");
    state.KwargsToAttributes();
    std::string numbers;
    for (const auto& [layer, overrides] : PerLayerOverrides(state)) {
      numbers += std::to_string(layer) + " ";
    }
    CheckPerLayerConfig(&state);
    return numbers;
  }
};

// save_pretrained writes str(layer_idx).zfill(digits).
TEST_F(PerLayerConfigTest, KeysAreReadAsPythonReadsIntegers) {
  EXPECT_EQ(Layers(R"("05":{},"11":{})"), "5 11 ");
  EXPECT_EQ(Layers(R"("5":{}," 7 ":{},"+1":{},"1_0":{})"), "1 5 7 10 ");
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(PerLayerConfigTest, OtherKeysDoNotLoad) {
  EXPECT_EQ(Layers(R"("first":{})"), "");
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E010 per_layer_config.first"));
  EXPECT_EQ(Layers(R"("_1":{})"), "");
  EXPECT_EQ(Layers(R"("12":{})"), "12 ");
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E010 per_layer_config.12"));
}

// As transformers 5.23 saves a Gemma 4 of twelve layers.
TEST(PerLayerConfigOfGemma4Test, AsSaved) {
  const auto report = ReadModelConfig(
      R"({"model_type":"gemma4_text","hidden_size":256,"num_attention_heads":4,"head_dim":64,
          "num_hidden_layers":12,
          "per_layer_config":{"05":{"head_dim":128},"11":{"head_dim":128}}})");
  ASSERT_TRUE(report.valid()) << report.findings[0].message;
  EXPECT_EQ(report.Find("full_attention")->config->head_dim, 128);
  EXPECT_THAT(report.Find("full_attention")->layers, ElementsAre(5, 11));
  EXPECT_EQ(report.Find("sliding_attention")->config->head_dim, 64);
}

}  // namespace
}  // namespace rope
