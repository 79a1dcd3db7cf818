#include "core/config/judge/model_shape.h"

#include <string>

#include "core/rope_types/rope_types.h"
#include "gmock/gmock.h"
#include "tests/testing/loading_fixture.h"

namespace rope {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ModelShapeTest : public testing::LoadingTest {
 protected:
  // head_dim and rotary_dim that a llama of this document has: "64/32".
  std::string HeadDim(const std::string& text, const char* rope_type = "linear",
                      const char* model_type = "llama") {
    LoadingState& state = Load(model_type, text);
    const ParameterSetReader reader(&state, &state.rope_parameters, "rope_parameters");
    RopeConfig config;
    config.rope_type = rope_type;
    CheckHeadDim(reader, "", *FindRopeType(rope_type), &config);
    return std::to_string(config.head_dim) + "/" + std::to_string(config.rotary_dim);
  }
};

constexpr char kShape[] = R"("hidden_size":256,"num_attention_heads":4)";

std::string Document(const std::string& members) {
  return std::string("{") + kShape + (members.empty() ? "" : ",") + members + "}";
}

TEST_F(ModelShapeTest, HeadDimIsGivenOrDerived) {
  EXPECT_EQ(HeadDim(Document("")), "64/64");
  EXPECT_EQ(HeadDim(Document(R"("head_dim":96)")), "96/96");
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(ModelShapeTest, AShareRotatesInScaledTypesAndInSomeFamilies) {
  const std::string text = Document(R"("partial_rotary_factor":0.5)");
  EXPECT_EQ(HeadDim(text), "64/32");
  EXPECT_EQ(HeadDim(text, "default"), "64/64");
  EXPECT_THAT(Findings(), ElementsAre("ROPE-W116 partial_rotary_factor"));
  EXPECT_EQ(HeadDim(text, "default", "phi"), "64/32");
  EXPECT_EQ(HeadDim(text, "proportional"), "64/64") << "rotates a share of the frequencies";
}

TEST_F(ModelShapeTest, HeadDimsOutOfRangeAreErrors) {
  EXPECT_EQ(HeadDim(Document(R"("head_dim":4097)")), "0/0");
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E013 head_dim"));
  EXPECT_EQ(HeadDim(Document(R"("head_dim":-8)")), "0/0");
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E013 head_dim"));
  EXPECT_EQ(HeadDim(Document(R"("partial_rotary_factor":0.001)")), "64/0");
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E013 partial_rotary_factor"));
}

TEST_F(ModelShapeTest, ZeroCountsAsAbsentUnlessTheTypeReadsItAsItIs) {
  EXPECT_EQ(HeadDim(Document(R"("head_dim":0)")), "64/64");
  EXPECT_THAT(Findings(), ElementsAre("ROPE-W124 head_dim"));
  EXPECT_EQ(HeadDim(Document(R"("head_dim":0)"), "yarn"), "0/0");
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E013 head_dim"));
}

TEST_F(ModelShapeTest, OddWidths) {
  HeadDim(Document(R"("head_dim":65)"));
  EXPECT_THAT(Findings(), ::testing::Contains("ROPE-E014 head_dim"));
  EXPECT_EQ(HeadDim(Document(R"("head_dim":66,"partial_rotary_factor":0.5)")), "66/33");
  EXPECT_THAT(Findings(), ElementsAre("ROPE-W125 partial_rotary_factor"));
}

TEST_F(ModelShapeTest, ShapesThatMakeNoSenseAreErrors) {
  CheckModelShape(&Load("llama", R"({"hidden_size":0,"max_position_embeddings":-1})"));
  EXPECT_THAT(Findings(),
              ElementsAre("ROPE-E010 max_position_embeddings", "ROPE-E012 hidden_size"));
  CheckModelShape(&Load("gpt_neox", R"({"hidden_size":250,"num_attention_heads":4})"));
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E012 hidden_size"));
}

TEST_F(ModelShapeTest, TheLengthIsGivenOrADefaultOfAKnownFamily) {
  EXPECT_EQ(KnownMaxPositions(Load("llama", R"({"max_position_embeddings":512})")), 512);
  EXPECT_EQ(KnownMaxPositions(Load("llama", "{}")), 2048);
  EXPECT_EQ(RequireMaxPositions(state_.get(), "rope_parameters"), 2048);
  EXPECT_THAT(Findings(), ElementsAre("ROPE-W119 max_position_embeddings"));
  LoadingState& generic = Start(GenericFamily(), "{}");
  EXPECT_EQ(KnownMaxPositions(generic), std::nullopt);
  EXPECT_EQ(RequireMaxPositions(&generic, "rope_parameters"), std::nullopt);
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E021 max_position_embeddings"));
}

TEST_F(ModelShapeTest, LongropeNeedsOneHeadDim) {
  CheckSameHeadDims(&Load("llama", Document(R"("head_dim":64,
                                               "per_layer_config":{"0":{"head_dim":64}})")),
                    "rope_parameters");
  EXPECT_THAT(Findings(), IsEmpty());
  CheckSameHeadDims(&Load("llama", Document(R"("head_dim":64,
                                               "per_layer_config":{"0":{"head_dim":128}})")),
                    "rope_parameters");
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E018 rope_parameters.rope_type"));
}

}  // namespace
}  // namespace rope
