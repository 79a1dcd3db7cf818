#include "core/config/judge/key_checks.h"

#include <string>

#include "core/rope_types/rope_types.h"
#include "gmock/gmock.h"
#include "tests/testing/loading_fixture.h"

namespace rope {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Family kFamily = {.model_type = "test"};
constexpr absl::string_view kFamilyKeys[] = {"mrope_section"};
constexpr Family kFamilyWithKeys = {.model_type = "test", .ignored_keys = kFamilyKeys};

class KeyChecksTest : public testing::LoadingTest {
 protected:
  ParameterSetReader ReaderOf(const std::string& set, const Family& family = kFamily) {
    LoadingState& state = Start(family, R"({"rope_parameters":)" + set + "}");
    return {&state, &state.rope_parameters, "rope_parameters"};
  }

  const RopeType* TypeOf(const std::string& set, const Family& family = kFamily) {
    return CheckTypeAndKeys(ReaderOf(set, family));
  }
};

TEST_F(KeyChecksTest, ACompleteSetGivesItsType) {
  EXPECT_EQ(TypeOf(R"({"rope_type":"linear","factor":2.0,"rope_theta":1e4})"),
            FindRopeType("linear"));
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(KeyChecksTest, MissingKeysAreErrorsOneByOne) {
  EXPECT_NE(TypeOf(R"({"rope_type":"llama3","rope_theta":1e4,"factor":8.0,
                       "original_max_position_embeddings":8192})"),
            nullptr);
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E006 rope_parameters.high_freq_factor",
                                      "ROPE-E006 rope_parameters.low_freq_factor"));
}

TEST_F(KeyChecksTest, KeysOfAnotherTypeAreOneWarningUnlessTheFamilyReadsThem) {
  const std::string set = R"({"rope_type":"default","rope_theta":1e4,"mrope_section":[1],"x":1})";
  TypeOf(set);
  EXPECT_THAT(Findings(), ElementsAre("ROPE-W101 rope_parameters.mrope_section"));
  TypeOf(set, kFamilyWithKeys);
  EXPECT_THAT(Findings(), ElementsAre("ROPE-W101 rope_parameters.x"));
}

TEST_F(KeyChecksTest, UnknownTypesAreErrorsAndCapitalsAreFixed) {
  EXPECT_EQ(TypeOf(R"({"rope_type":"YaRN"})"), nullptr);
  const std::vector<Finding> findings = findings_->Take();
  EXPECT_EQ(findings.front().code, "ROPE-E004");
  EXPECT_EQ(findings.front().fix, R"({"rope_parameters":{"rope_type":"yarn"}})");
  EXPECT_EQ(TypeOf(R"({"rope_type":7})"), nullptr);
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E004 rope_parameters.rope_type"));
  EXPECT_EQ(TypeOf(R"({"rope_type":"axial"})"), nullptr);
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E005 rope_parameters.rope_type"));
}

TEST_F(KeyChecksTest, ThetaIsReadOrReported) {
  RopeConfig config;
  CheckTheta(ReaderOf(R"({"rope_theta":5e5})"), &config);
  EXPECT_EQ(config.rope_theta, 5e5);
  EXPECT_THAT(Findings(), IsEmpty());
  CheckTheta(ReaderOf(R"({"rope_theta":1.0})"), &config);
  EXPECT_EQ(config.rope_theta, 1.0);
  EXPECT_THAT(Findings(), ElementsAre("ROPE-W122 rope_parameters.rope_theta"));
  CheckTheta(ReaderOf("{}"), &config);
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E006 rope_parameters.rope_theta"));
}

TEST_F(KeyChecksTest, ADefaultOfThetaIsANote) {
  const ParameterSetReader reader = ReaderOf("{}");
  JsonValue filled = EmptyObject();
  filled.Set("rope_theta", JsonValue(1e4));
  RopeConfig config;
  CheckTheta(ParameterSetReader(&reader.state(), &filled, "rope_parameters"), &config);
  EXPECT_EQ(config.rope_theta, 1e4);
  EXPECT_THAT(Findings(), ElementsAre("ROPE-N202 rope_parameters.rope_theta"));
}

TEST_F(KeyChecksTest, AnOldTypeThatContradictsIsAWarning) {
  CheckOldTypeKey(ReaderOf(R"({"type":"yarn","rope_type":"linear"})"));
  EXPECT_THAT(Findings(), ElementsAre("ROPE-W114 rope_parameters.type"));
  CheckOldTypeKey(ReaderOf(R"({"type":"linear","rope_type":"linear"})"));
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(KeyChecksTest, AMisspelledKeyIsRenamedIfTheTypeReadsTheOtherOne) {
  CheckMisspellings(ReaderOf(R"({"rope_type":"yarn","attn_factor":1.0})"), *FindRopeType("yarn"));
  EXPECT_EQ(findings_->Take().front().fix,
            R"({"rope_parameters":{"attn_factor":null,"attention_factor":1.0}})");
  CheckMisspellings(ReaderOf(R"({"rope_type":"linear","attn_factor":1.0})"),
                    *FindRopeType("linear"));
  EXPECT_EQ(findings_->Take().front().fix, "");
  CheckMisspellings(ReaderOf(R"({"attn_factor":1.0,"attention_factor":1.0})"),
                    *FindRopeType("yarn"));
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(KeyChecksTest, WhatTransformersSaysOfUnknownTypes) {
  EXPECT_EQ(UnknownTypeWarning(JsonValue("axial")), "");
  EXPECT_EQ(UnknownTypeWarning(JsonValue("ntk")),
            "Missing validation function in 'RotaryEmbeddingConfigMixin' for 'rope_type'='ntk'");
}

}  // namespace
}  // namespace rope
