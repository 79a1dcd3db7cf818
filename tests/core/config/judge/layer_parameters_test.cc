// The five cases of the table in layer_parameters.h, and what stands beside the parameter sets.
#include "core/config/judge/layer_parameters.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/testing/loading_fixture.h"

namespace rope {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kSets[] =
    R"({"full_attention":{"rope_type":"default","rope_theta":1e6},
        "sliding_attention":{"rope_type":"linear","factor":2.0,"rope_theta":1e4}})";

class LayerParametersTest : public testing::LoadingTest {
 protected:
  // Loads a two-layer model with these rope_parameters and checks them.
  void Check(const std::string& model_type, const std::string& rope_parameters) {
    report_ = {};
    CheckRopeParameters(
        &Load(model_type, absl::StrCat(R"({"hidden_size":256,"num_attention_heads":4,"head_dim":64,
                               "max_position_embeddings":8192,"num_hidden_layers":2,
                               "layer_types":["full_attention","sliding_attention"],
                               "rope_parameters":)",
                                       rope_parameters, "}")),
        &report_);
  }

  // Each layer type with its rope type and layers: "sliding_attention linear 1".
  std::vector<std::string> LayerTypes() const {
    std::vector<std::string> lines;
    for (const LayerTypeConfig& layer : report_.layer_types) {
      lines.push_back(absl::StrCat(layer.layer_type, " ",
                                   layer.config.has_value() ? layer.config->rope_type : "none"));
      for (const int64_t index : layer.layers) absl::StrAppend(&lines.back(), " ", index);
    }
    return lines;
  }

  ModelConfigReport report_;
};

TEST_F(LayerParametersTest, OnePerLayerTypeAndNested) {
  Check("gemma3_text", kSets);
  EXPECT_THAT(LayerTypes(), ElementsAre("full_attention default 0", "sliding_attention linear 1"));
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(LayerParametersTest, OnePerLayerTypeAndOneSet) {
  Check("mimo_v2_flash", R"({"rope_type":"default","rope_theta":1e4})");
  EXPECT_THAT(LayerTypes(), IsEmpty());
  const std::vector<std::string> findings = Findings();
  EXPECT_THAT(findings, Contains("ROPE-E016 rope_parameters.full_attention"));
  EXPECT_THAT(findings, Contains("ROPE-E016 rope_parameters.sliding_attention"));
  EXPECT_THAT(findings, Contains("ROPE-W117 rope_parameters.rope_theta"));
}

TEST_F(LayerParametersTest, OneForAllAndOneSet) {
  Check("qwen3", R"({"rope_type":"linear","factor":2.0,"rope_theta":1e6})");
  EXPECT_THAT(LayerTypes(), ElementsAre(" linear 0 1"));
  EXPECT_EQ(report_.layer_types.front().path, "rope_parameters");
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(LayerParametersTest, OneForAllAndNested) {
  Check("qwen3", kSets);
  EXPECT_THAT(Findings(), Contains("ROPE-E016 rope_parameters"));
}

TEST_F(LayerParametersTest, OneForAllBesideNestedSets) {
  // llama has no field layer_types, so it becomes an attribute after the conversion: the one set
  // that the conversion made stands beside the nested ones.
  Check("llama", kSets);
  EXPECT_THAT(LayerTypes(), ElementsAre(" default 0 1"));
  const std::vector<std::string> findings = Findings();
  EXPECT_THAT(findings, Contains("ROPE-W117 rope_parameters.full_attention"));
  EXPECT_THAT(findings, Contains("ROPE-W117 rope_parameters.sliding_attention"));
}

TEST_F(LayerParametersTest, NullMeansLayersWithoutRope) {
  Check("mimo_v2_flash",
        R"({"full_attention":null,
            "sliding_attention":{"rope_type":"default","rope_theta":1e4}})");
  EXPECT_THAT(LayerTypes(), ElementsAre("full_attention none", "sliding_attention default 1"));
  EXPECT_THAT(report_.layers_without_rope, ElementsAre(0));
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(LayerParametersTest, ASetThatIsNoObjectIsAnError) {
  Check("mimo_v2_flash",
        R"({"full_attention":3,"sliding_attention":{"rope_type":"default","rope_theta":1e4}})");
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E007 rope_parameters.full_attention"));
}

}  // namespace
}  // namespace rope
