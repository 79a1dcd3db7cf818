#include "core/config/judge/rule_context.h"

#include <string>

#include "gmock/gmock.h"
#include "tests/testing/loading_fixture.h"

namespace rope {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Family kFamily = {.model_type = "test", .shape = {256, 4, 8192, 2}};

class RuleContextTest : public testing::LoadingTest {
 protected:
  // A context whose set is the same at both moments; `set` is the JSON text of its members.
  RuleContext ContextOf(const std::string& set) {
    config_ = {};
    LoadingState& state = Start(kFamily, R"({"rope_parameters":{)" + set + "}}");
    const ParameterSetReader reader(&state, &state.rope_parameters, "rope_parameters");
    return {reader, reader, "", &config_};
  }

  RopeConfig config_;
};

TEST_F(RuleContextTest, AFactorBelowOneIsAWarning) {
  CheckFactor(ContextOf(R"("factor":2)"), Null::kIsWrong);
  EXPECT_EQ(config_.factor, 2.0);
  EXPECT_THAT(Findings(), IsEmpty());
  CheckFactor(ContextOf(R"("factor":0.5)"), Null::kIsWrong);
  EXPECT_EQ(config_.factor, 0.5);
  EXPECT_THAT(Findings(), ElementsAre("ROPE-W102 rope_parameters.factor"));
}

TEST_F(RuleContextTest, ANullFactorMayMeanTheRatioOfTheLengths) {
  CheckFactor(ContextOf(R"("factor":null,"original_max_position_embeddings":2048)"),
              Null::kMeansAbsent);
  EXPECT_EQ(config_.factor, std::nullopt);
  const std::vector<Finding> findings = findings_->Take();
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].code, "ROPE-W106");
  EXPECT_EQ(findings[0].fix, R"({"rope_parameters":{"factor":4.0}})");
}

TEST_F(RuleContextTest, AnAttentionFactorMustBeAPositiveFloat) {
  CheckAttentionFactor(ContextOf(R"("attention_factor":1.5)"), AttentionFactorType::kFloat);
  EXPECT_EQ(config_.attention_factor, 1.5);
  EXPECT_THAT(Findings(), IsEmpty());
  CheckAttentionFactor(ContextOf(R"("attention_factor":2)"), AttentionFactorType::kFloat);
  EXPECT_EQ(config_.attention_factor, 2.0);
  EXPECT_EQ(findings_->Take().front().fix, R"({"rope_parameters":{"attention_factor":2.0}})");
  CheckAttentionFactor(ContextOf(R"("attention_factor":2)"), AttentionFactorType::kFloatOrInt);
  EXPECT_THAT(Findings(), IsEmpty());
  CheckAttentionFactor(ContextOf(R"("attention_factor":-1.0)"), AttentionFactorType::kFloatOrInt);
  EXPECT_THAT(Findings(), ElementsAre("ROPE-W103 rope_parameters.attention_factor"));
  CheckAttentionFactor(ContextOf(R"("attention_factor":null)"), AttentionFactorType::kFloat);
  EXPECT_EQ(config_.attention_factor, std::nullopt);
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(RuleContextTest, ALengthThatBuildingReplacesIsAWarning) {
  LoadingState& state = Start(kFamily, R"({"a":{"original_max_position_embeddings":2048},
                   "b":{"original_max_position_embeddings":4096}})");
  const RuleContext context{ParameterSetReader(&state, document_.Find("a"), "a"),
                            ParameterSetReader(&state, document_.Find("b"), "b"), "", &config_};
  CheckOriginalLength(context, LengthAtLoad::kMustBeNumber, "");
  EXPECT_EQ(config_.original_max_position_embeddings, 4096.0);
  EXPECT_THAT(Findings(), ElementsAre("ROPE-W111 b.original_max_position_embeddings"));
}

TEST_F(RuleContextTest, WhatTransformersSays) {
  const JsonValue text("x");
  const JsonValue number(2.0);
  EXPECT_EQ(HfGotMessage("factor field", &text), "`rope_parameters`'s factor field, got x");
  EXPECT_EQ(HfGotMessage("factor field", nullptr), "`rope_parameters`'s factor field, got None");
  EXPECT_EQ(HfGotMessageUnlessNumber("factor field", &number), "");
  EXPECT_EQ(HfGotMessageUnlessNumber("factor field", nullptr), "");
  EXPECT_NE(HfGotMessageUnlessNumber("factor field", &text), "");
}

}  // namespace
}  // namespace rope
