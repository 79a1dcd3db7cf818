#include "core/config/judge/key_checks.h"

#include <string>

#include "absl/strings/str_cat.h"
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
  CheckUnreadKeys(ReaderOf(set), *FindRopeType("default"), RopeConfig());
  EXPECT_THAT(Findings(), ElementsAre("ROPE-W101 rope_parameters.mrope_section"));
  CheckUnreadKeys(ReaderOf(set, kFamilyWithKeys), *FindRopeType("default"), RopeConfig());
  EXPECT_THAT(Findings(), ElementsAre("ROPE-W101 rope_parameters.x"));
}

// transformers warns of them, so the sentence must be kept, but nothing is wrong.
TEST_F(KeyChecksTest, KeysThatAreReadAllTheSameAreANote) {
  const std::string set = R"({"rope_type":"dynamic","factor":1.0,"alpha":1000.0})";
  RopeConfig with_alpha;
  with_alpha.alpha = 1000.0;
  CheckUnreadKeys(ReaderOf(set), *FindRopeType("dynamic"), with_alpha);
  const std::vector<Finding> findings = findings_->Take();
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].code, "ROPE-N208");
  EXPECT_EQ(findings[0].hf_message,
            "Unrecognized keys in `rope_parameters` for 'rope_type'='dynamic': {'alpha'}");
  CheckUnreadKeys(ReaderOf(set), *FindRopeType("dynamic"), RopeConfig());
  EXPECT_THAT(Findings(), ElementsAre("ROPE-W101 rope_parameters.alpha"));
}

TEST_F(KeyChecksTest, AScalingWithoutATypeNamesTheTypesThatItsKeysBelongTo) {
  const struct {
    const char* keys;
    const char* type;
  } kCases[] = {{R"("factor":4.0)", "linear, dynamic or yarn"},
                {R"("factor":8.0,"low_freq_factor":1.0)", "llama3"},
                {R"("short_factor":[1.0],"long_factor":[1.0])", "longrope"},
                {R"("factor":4.0,"original_max_position_embeddings":4096)", "yarn"}};
  for (const auto& c : kCases) {
    const ParameterSetReader reader = ReaderOf(absl::StrCat("{", c.keys, "}"));
    reader.state().rope_parameters.Set("rope_type", JsonValue("default"));
    CheckUnreadKeys(reader, *FindRopeType("default"), RopeConfig());
    const std::vector<Finding> findings = findings_->Take();
    ASSERT_EQ(findings.size(), 1U) << c.keys;
    EXPECT_EQ(findings[0].code, "ROPE-W136");
    EXPECT_EQ(findings[0].path, "rope_parameters.rope_type");
    EXPECT_THAT(findings[0].message, ::testing::EndsWith(c.type));
  }
}

TEST_F(KeyChecksTest, NamesOfOtherProgramsAreExplained) {
  const struct {
    const char* name;
    const char* says;
    const char* fix;
  } kCases[] = {{"su", "longrope", R"({"rope_parameters":{"rope_type":"longrope"}})"},
                {"Dynamic-NTK", "dynamic", R"({"rope_parameters":{"rope_type":"dynamic"}})"},
                {"ntk", "rope_theta * factor^(d / (d - 2))", ""},
                {"clex", "CLEX", ""},
                {"alibi", "no rotary embedding", ""}};
  for (const auto& c : kCases) {
    EXPECT_EQ(TypeOf(absl::StrCat(R"({"rope_type":")", c.name,
                                  R"(","factor":2.0,"short_factor":[1],"long_factor":[1]})")),
              nullptr);
    const std::vector<Finding> findings = findings_->Take();
    ASSERT_EQ(findings.size(), 1U) << c.name;
    EXPECT_EQ(findings[0].code, "ROPE-E004");
    EXPECT_THAT(findings[0].message, ::testing::HasSubstr(c.says));
    EXPECT_EQ(findings[0].fix, c.fix) << c.name;
  }
}

TEST_F(KeyChecksTest, UnknownTypesAreErrorsAndCapitalsAreFixed) {
  EXPECT_EQ(TypeOf(R"({"rope_type":"YaRN","factor":2.0})"), nullptr);
  const std::vector<Finding> findings = findings_->Take();
  EXPECT_EQ(findings.front().code, "ROPE-E004");
  EXPECT_EQ(findings.front().fix, R"({"rope_parameters":{"rope_type":"yarn"}})");
  EXPECT_EQ(TypeOf(R"({"rope_type":7})"), nullptr);
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E004 rope_parameters.rope_type"));
  EXPECT_EQ(TypeOf(R"({"rope_type":"axial"})"), nullptr);
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E005 rope_parameters.rope_type"));
}

TEST_F(KeyChecksTest, AnOldTypeThatContradictsIsAWarning) {
  CheckOldTypeKey(ReaderOf(R"({"type":"yarn","rope_type":"linear"})"));
  EXPECT_THAT(Findings(), ElementsAre("ROPE-W114 rope_parameters.type"));
  CheckOldTypeKey(ReaderOf(R"({"type":"linear","rope_type":"linear"})"));
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_F(KeyChecksTest, WhatTransformersSaysOfUnknownTypes) {
  EXPECT_EQ(UnknownTypeWarning(JsonValue("axial")), "");
  EXPECT_EQ(UnknownTypeWarning(JsonValue("ntk")),
            "Missing validation function in 'RotaryEmbeddingConfigMixin' for 'rope_type'='ntk'");
}

}  // namespace
}  // namespace rope
