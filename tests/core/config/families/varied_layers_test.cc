#include "core/config/families/varied_layers.h"

#include <string>

#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "tests/testing/loading_fixture.h"

namespace rope {
namespace {

using ::testing::ElementsAre;

class VariedLayersTest : public testing::LoadingTest {
 protected:
  // The names of the variants and the variant of each of four layers: "a b: 0 1 -1 0".
  std::string Vary(LayerVariants (*vary)(LoadingState*), const std::string& text) {
    static constexpr Family kFamily = {.model_type = "test", .shape = {64, 1, 128, 4}};
    LoadingState& state = Start(kFamily, text);
    state.KwargsToAttributes();
    const LayerVariants result = vary(&state);
    return absl::StrCat(absl::StrJoin(result.variants, " ",
                                      [](std::string* out, const LayerVariant& variant) {
                                        out->append(variant.name);
                                      }),
                        ": ", absl::StrJoin(result.of_layer, " "));
  }
};

TEST_F(VariedLayersTest, ByTheLayersThatAreScaled) {
  EXPECT_EQ(Vary(VaryByScalingLayers, "{}"), "scaled: 0 0 0 0");
  EXPECT_EQ(Vary(VaryByScalingLayers, R"({"rope_scaling_layers":[0,3]})"),
            "scaled unscaled: 0 1 1 0");
  EXPECT_EQ(Vary(VaryByScalingLayers, R"({"rope_scaling_layers":[]})"), "scaled unscaled: 1 1 1 1");
  EXPECT_EQ(Vary(VaryByScalingLayers, R"({"rope_scaling_layers":[-1,4,1.0,2.5,1e300]})"),
            "scaled unscaled: 1 0 1 1");
  Vary(VaryByScalingLayers, R"({"rope_scaling_layers":7})");
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E011 rope_scaling_layers"));
}

// GraniteSWAModel makes one table for each base that is not 0, in their order.
TEST_F(VariedLayersTest, ByTheBaseOfEachLayer) {
  EXPECT_EQ(Vary(VaryByLayerTheta, "{}"), ": 0 0 0 0");
  EXPECT_EQ(Vary(VaryByLayerTheta, R"({"layer_rope_theta":[5e5,0,10000,10000.0]})"),
            "rope_theta=10000.0 rope_theta=500000.0: 1 -1 0 0");
  EXPECT_EQ(Vary(VaryByLayerTheta, R"({"layer_rope_theta":[0,0,0,0]})"), ": -1 -1 -1 -1");
  Vary(VaryByLayerTheta, R"({"layer_rope_theta":[1e4,1e4]})");
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E015 layer_rope_theta"));
  Vary(VaryByLayerTheta, R"({"layer_rope_theta":[1e4,"x",1e4,1e4]})");
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E011 layer_rope_theta[1]"));
}

}  // namespace
}  // namespace rope
