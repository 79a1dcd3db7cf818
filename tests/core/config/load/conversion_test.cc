// Which members become attributes, and when.
#include "core/config/load/conversion.h"

#include <string>

#include "core/config/load/layer_types.h"
#include "core/json/json_reader.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

constexpr Family kFamily = {.model_type = "test",
                            .default_theta = 5e5,
                            .shape = {256, 4, 8192, 2},
                            .fill_layer_types = [](LoadingState*) {}};

class ConversionTest : public ::testing::Test {
 protected:
  LoadingState Start(const std::string& document) {
    document_ = JsonLiteral(document);
    return LoadingState(kFamily, document_, &findings_);
  }

  JsonValue document_;
  FindingSink findings_{&document_};
};

TEST_F(ConversionTest, FieldsAreAttributesAtOnceAndOtherMembersAtTheEnd) {
  LoadingState state = Start(R"({"hidden_size":512,"rope_theta":1e6,"head_dim":32})");
  EXPECT_EQ(state.IntAttribute("hidden_size"), 512);
  EXPECT_EQ(state.IntAttribute("num_attention_heads"), 4);
  EXPECT_EQ(state.Attribute("head_dim"), nullptr);
  EXPECT_NE(state.Kwarg("rope_theta"), nullptr);
  state.TakeKwarg("rope_theta", JsonValue());
  state.KwargsToAttributes();
  EXPECT_EQ(state.IntAttribute("head_dim"), 32);
  EXPECT_EQ(state.Attribute("rope_theta"), nullptr) << "taken before the end";
}

TEST_F(ConversionTest, RopeScalingReplacesRopeParameters) {
  LoadingState state = Start(R"({"rope_scaling":{"type":"linear","factor":2.0},"rope_theta":1e6})");
  ConvertGeneral(&state);
  EXPECT_EQ(WriteJson(state.rope_parameters),
            R"({"type":"linear","factor":2.0,"rope_theta":1000000.0,"rope_type":"linear"})");
}

TEST_F(ConversionTest, NestedParameterSetsGetTheDefaultBase) {
  LoadingState state = Start(
      R"({"layer_types":["full_attention","sliding_attention"],
          "rope_parameters":{"full_attention":{"rope_type":"default"},"sliding_attention":null}})");
  ConvertGeneral(&state);
  EXPECT_EQ(WriteJson(state.rope_parameters),
            R"({"full_attention":{"rope_type":"default","rope_theta":500000.0},)"
            R"("sliding_attention":null})");
}

TEST_F(ConversionTest, RopeScalingThatIsNoObjectIsAFinding) {
  LoadingState state = Start(R"({"rope_scaling":"linear"})");
  ConvertGeneral(&state);
  EXPECT_TRUE(findings_.has_errors());
  EXPECT_TRUE(state.rope_parameters.is_object());
}

TEST_F(ConversionTest, LegacyNamesOfLayerTypes) {
  LoadingState state =
      Start(R"({"layer_types":["attention","mamba","qwen_sparse_attention","x"]})");
  RenameLegacyLayerTypes(&state);
  EXPECT_EQ(WriteJson(*state.Attribute("layer_types")),
            R"(["full_attention","linear_attention","indexed_attention","x"])");
}

}  // namespace
}  // namespace rope
