#include "core/findings/finding_sink.h"

#include <string>
#include <vector>

#include "core/json/json_reader.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

// A document and the sink for its findings. Ids are arbitrary: one warning and one error.
class FindingSinkTest : public ::testing::Test {
 protected:
  static constexpr FindingId kWarning = FindingId::kThetaImplausible;
  static constexpr FindingId kError = FindingId::kOutOfRange;

  const JsonValue& Member(absl::string_view outer, absl::string_view inner) const {
    return *root_.Find(outer)->Find(inner);
  }

  // The only finding so far.
  Finding TakeOne() {
    std::vector<Finding> findings = sink_.Take();
    EXPECT_EQ(findings.size(), 1U);
    return findings.empty() ? Finding() : findings.front();
  }

  const std::string text_ =
      R"({"rope_scaling": {"type": "yarn", "factor": 4}, "list": [1, {"deep": 2}]})";
  const JsonValue root_ = ReadJson(text_)->root;
  FindingSink sink_{&root_};
};

TEST_F(FindingSinkTest, AValueOfTheDocumentHasItsOwnPathAndOffset) {
  sink_.Add(kWarning, Member("rope_scaling", "factor"), "rope_parameters.factor", "wrong", "hf");
  const Finding finding = TakeOne();
  EXPECT_EQ(finding.path, "rope_scaling.factor");
  EXPECT_EQ(finding.offset, static_cast<int64_t>(text_.find("\"factor\"")));
  EXPECT_EQ(finding.code, FindingInfoOf(kWarning).code);
  EXPECT_EQ(finding.severity, Severity::kWarning);
  EXPECT_EQ(finding.message, "wrong");
  EXPECT_EQ(finding.hf_message, "hf");
}

TEST_F(FindingSinkTest, ACopyIsFoundWhereItsOriginalStands) {
  const JsonValue copy = Member("rope_scaling", "factor");
  sink_.Add(kWarning, copy, "elsewhere", "wrong");
  EXPECT_EQ(TakeOne().path, "rope_scaling.factor");
}

TEST_F(FindingSinkTest, ADefaultHasTheFallbackPathAndNoOffset) {
  sink_.Add(kWarning, JsonValue(1e4), "rope_parameters.rope_theta", "wrong");
  const Finding finding = TakeOne();
  EXPECT_EQ(finding.path, "rope_parameters.rope_theta");
  EXPECT_EQ(finding.offset, -1);
}

TEST_F(FindingSinkTest, AMissingMemberHasThePathAtWhichItWouldStand) {
  sink_.AddMember(kWarning, *root_.Find("rope_scaling"), "rope_parameters", "beta_fast", "missing");
  const Finding finding = TakeOne();
  EXPECT_EQ(finding.path, "rope_scaling.beta_fast");
  EXPECT_EQ(finding.offset, -1);
}

TEST_F(FindingSinkTest, APresentMemberIsFoundAsAValueIs) {
  sink_.AddMember(kWarning, *root_.Find("rope_scaling"), "rope_parameters", "factor", "wrong");
  EXPECT_EQ(TakeOne().offset, static_cast<int64_t>(text_.find("\"factor\"")));
}

TEST_F(FindingSinkTest, AMemberOfADefaultHasTheParentsFallbackPath) {
  sink_.AddMember(kWarning, EmptyObject(), "rope_parameters", "factor", "missing");
  EXPECT_EQ(TakeOne().path, "rope_parameters.factor");
}

TEST_F(FindingSinkTest, APathIsTakenUnchanged) {
  sink_.AddPath(kError, "", 17, "byte 17: wrong");
  const Finding finding = TakeOne();
  EXPECT_EQ(finding.path, "");
  EXPECT_EQ(finding.offset, 17);
}

TEST_F(FindingSinkTest, AFixReplacesTheMemberWhereItStands) {
  const JsonValue& factor = Member("rope_scaling", "factor");
  sink_.Add(kWarning, factor, "", "wrong");
  sink_.FixByValue(factor, JsonValue(4.0));
  EXPECT_EQ(TakeOne().fix, R"({"rope_scaling":{"factor":4.0}})");
}

TEST_F(FindingSinkTest, AFixByNullRemovesTheMember) {
  const JsonValue& factor = Member("rope_scaling", "factor");
  sink_.Add(kWarning, factor, "", "wrong");
  sink_.FixByValue(factor, JsonValue());
  EXPECT_EQ(TakeOne().fix, R"({"rope_scaling":{"factor":null}})");
}

TEST_F(FindingSinkTest, AFixRenamesTheMember) {
  const JsonValue& type = Member("rope_scaling", "type");
  sink_.Add(kWarning, type, "", "wrong");
  sink_.FixByRenaming(type, "rope_type");
  EXPECT_EQ(TakeOne().fix, R"({"rope_scaling":{"type":null,"rope_type":"yarn"}})");
}

TEST_F(FindingSinkTest, AFixAddsAMember) {
  sink_.AddMember(kWarning, *root_.Find("rope_scaling"), "", "beta_fast", "missing");
  sink_.FixByAdding(*root_.Find("rope_scaling"), "beta_fast", JsonValue(32.0));
  EXPECT_EQ(TakeOne().fix, R"({"rope_scaling":{"beta_fast":32.0}})");
}

TEST_F(FindingSinkTest, AFixAddsAMemberToTheDocument) {
  sink_.AddPath(kWarning, "rope_theta", -1, "missing");
  sink_.FixByAdding(root_, "rope_theta", JsonValue(1e4));
  EXPECT_EQ(TakeOne().fix, R"({"rope_theta":10000.0})");
}

TEST_F(FindingSinkTest, TwoFixesOfOneFindingBecomeOne) {
  const JsonValue& type = Member("rope_scaling", "type");
  sink_.Add(kWarning, type, "", "wrong");
  sink_.FixByValue(type, JsonValue());
  sink_.FixByAdding(*root_.Find("rope_scaling"), "beta_fast", JsonValue(32.0));
  sink_.FixByValue(*root_.Find("list"), JsonValue());
  EXPECT_EQ(TakeOne().fix, R"({"rope_scaling":{"type":null,"beta_fast":32.0},"list":null})");
}

TEST_F(FindingSinkTest, AMoveIsNeverDoneByHalf) {
  const JsonValue& type = Member("rope_scaling", "type");
  sink_.Add(kWarning, type, "", "wrong");
  sink_.FixByMoving(type, root_, "rope_type");
  EXPECT_EQ(TakeOne().fix, R"({"rope_scaling":{"type":null},"rope_type":"yarn"})");
  FindingSink other(&root_);
  other.Add(kWarning, type, "", "wrong");
  other.FixByMoving(type, EmptyObject(), "rope_type");
  EXPECT_EQ(other.Take().front().fix, "");
}

TEST_F(FindingSinkTest, WhatIsNotInTheDocumentHasNoFix) {
  const JsonValue default_value(1.0);
  sink_.Add(kWarning, default_value, "factor", "wrong");
  sink_.FixByValue(default_value, JsonValue(2.0));
  sink_.FixByRenaming(default_value, "other");
  sink_.FixByAdding(EmptyObject(), "factor", JsonValue(2.0));
  EXPECT_EQ(TakeOne().fix, "");
}

// A merge patch replaces an array as a whole.
TEST_F(FindingSinkTest, WhatLiesInAnArrayHasNoFix) {
  const JsonValue& deep = *root_.Find("list")->as_array()[1].Find("deep");
  sink_.Add(kWarning, deep, "", "wrong");
  sink_.FixByValue(deep, JsonValue(3));
  const Finding finding = TakeOne();
  EXPECT_EQ(finding.path, "list[1].deep");
  EXPECT_EQ(finding.fix, "");
}

TEST_F(FindingSinkTest, HasErrorAtLooksForErrorsAtThatVeryPath) {
  sink_.AddPath(kWarning, "rope_theta", -1, "odd");
  EXPECT_FALSE(sink_.has_errors());
  EXPECT_FALSE(sink_.HasErrorAt("rope_theta"));
  sink_.AddPath(kError, "rope_theta", -1, "wrong");
  EXPECT_TRUE(sink_.has_errors());
  EXPECT_TRUE(sink_.HasErrorAt("rope_theta"));
  EXPECT_FALSE(sink_.HasErrorAt("rope"));
  EXPECT_FALSE(sink_.HasErrorAt("rope_theta.more"));
}

TEST_F(FindingSinkTest, HasLooksForAFindingAnywhereOrAtAPath) {
  sink_.AddPath(kWarning, "rope_theta", -1, "odd");
  EXPECT_TRUE(sink_.Has(kWarning));
  EXPECT_TRUE(sink_.Has(kWarning, "rope_theta"));
  EXPECT_FALSE(sink_.Has(kWarning, "rope"));
  EXPECT_FALSE(sink_.Has(kError));
  EXPECT_FALSE(sink_.is_full());
}

TEST_F(FindingSinkTest, TheListIsBoundedButTheFirstErrorIsKept) {
  for (int i = 0; i < 300; ++i) sink_.AddPath(kWarning, "member", -1, "odd");
  sink_.AddPath(kError, "first", -1, "wrong");
  sink_.AddPath(kError, "second", -1, "wrong");
  EXPECT_TRUE(sink_.has_errors());
  const std::vector<Finding> findings = sink_.Take();
  ASSERT_EQ(findings.size(), 201U);
  EXPECT_EQ(findings.back().path, "first");
}

TEST_F(FindingSinkTest, AFixForAFindingThatWasNotKeptIsDropped) {
  const JsonValue& factor = Member("rope_scaling", "factor");
  for (int i = 0; i < 201; ++i) sink_.Add(kWarning, factor, "", "odd");
  sink_.FixByValue(factor, JsonValue(2.0));
  for (const Finding& finding : sink_.Take()) EXPECT_EQ(finding.fix, "");
}

}  // namespace
}  // namespace rope
