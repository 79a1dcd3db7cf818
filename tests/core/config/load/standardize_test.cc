#include "core/config/load/standardize.h"

#include <string>

#include "gmock/gmock.h"
#include "tests/testing/loading_fixture.h"

namespace rope {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Family kFamily = {
    .model_type = "test", .shape = {256, 4, 8192, 2}, .fill_layer_types = [](LoadingState*) {}};
constexpr Family kAxialFamily = {
    .model_type = "test", .shape = {256, 4, 8192, 2}, .default_type = "axial"};

class StandardizeTest : public testing::LoadingTest {
 protected:
  std::string Standardized(const Family& family, const std::string& text) {
    LoadingState& state = Start(family, text);
    StandardizeRopeParameters(&state);
    return WriteJson(state.rope_parameters);
  }
};

TEST_F(StandardizeTest, TheOldKeyTypeFillsRopeTypeAndStays) {
  EXPECT_EQ(Standardized(kFamily, R"({"rope_parameters":{"type":"linear","factor":2.0}})"),
            R"({"type":"linear","factor":2.0,"rope_type":"linear","rope_theta":null})");
}

TEST_F(StandardizeTest, TheSecondTimeTopLevelMembersAreAttributesAndFillIn) {
  LoadingState& state = Start(kFamily, R"({"rope_parameters":{"rope_type":"linear","factor":2.0},
                         "partial_rotary_factor":0.5})");
  StandardizeRopeParameters(&state);
  EXPECT_EQ(state.rope_parameters.Find("partial_rotary_factor"), nullptr);
  state.KwargsToAttributes();
  StandardizeRopeParameters(&state);
  EXPECT_EQ(WriteJson(*state.rope_parameters.Find("partial_rotary_factor")), "0.5");
}

TEST_F(StandardizeTest, ALengthAtTheTopLevelReplacesTheSetsOwn) {
  LoadingState& state = Start(kFamily, R"({"original_max_position_embeddings":4096,
                         "rope_parameters":{"rope_type":"yarn","factor":2.0,"rope_theta":1e4,
                                            "original_max_position_embeddings":2048}})");
  StandardizeRopeParameters(&state);
  EXPECT_EQ(state.rope_parameters.Find("original_max_position_embeddings")->as_int(), 2048);
  state.KwargsToAttributes();
  StandardizeRopeParameters(&state);
  EXPECT_EQ(state.rope_parameters.Find("original_max_position_embeddings")->as_int(), 4096);
}

TEST_F(StandardizeTest, ATypeThatNeedsTheOriginalLengthGetsTheMaximum) {
  for (const char* type : {"yarn", "longrope", "llama3"}) {
    Standardized(kFamily, std::string(R"({"rope_parameters":{"rope_type":")") + type + R"("}})");
    EXPECT_EQ(state_->rope_parameters.Find("original_max_position_embeddings")->as_int(), 8192)
        << type;
    EXPECT_THAT(Findings(),
                ElementsAre("ROPE-W126 rope_parameters.original_max_position_embeddings"));
  }
  for (const char* type : {"linear", "dynamic", "proportional"}) {
    Standardized(kFamily, std::string(R"({"rope_parameters":{"rope_type":")") + type + R"("}})");
    EXPECT_EQ(state_->rope_parameters.Find("original_max_position_embeddings"), nullptr) << type;
  }
}

TEST_F(StandardizeTest, NestedSetsAreFilledOneByOneAndNullStaysNull) {
  EXPECT_EQ(Standardized(kFamily,
                         R"({"layer_types":["full_attention","sliding_attention"],
                             "rope_parameters":{"full_attention":{"rope_theta":1e6},
                                                "sliding_attention":null}})"),
            R"({"full_attention":{"rope_theta":1000000.0,"rope_type":"default"},)"
            R"("sliding_attention":null})");
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(StandardizeTest, ANestedSetThatIsNoObjectIsAFinding) {
  Standardized(kFamily, R"({"layer_types":["full_attention","full_attention"],
                            "rope_parameters":{"full_attention":7}})");
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E007 rope_parameters.full_attention"));
}

TEST_F(StandardizeTest, ADefaultTypeOfTheFamilyReplacesDefault) {
  EXPECT_EQ(Standardized(kAxialFamily, R"({"rope_parameters":{"rope_theta":1e4}})"),
            R"({"rope_theta":10000.0,"rope_type":"axial"})");
}

TEST_F(StandardizeTest, NoParametersAtAllIsAWarning) {
  EXPECT_EQ(Standardized(kFamily, "{}"), "{}");
  EXPECT_THAT(Findings(), ElementsAre("ROPE-W117 rope_parameters"));
}

}  // namespace
}  // namespace rope
