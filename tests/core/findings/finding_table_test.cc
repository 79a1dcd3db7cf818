#include "core/findings/finding_table.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace rope {
namespace {

TEST(FindingTableTest, CodesAreUniqueAndSortedWithinTheirSeverity) {
  std::set<std::string> codes;
  std::string previous;
  for (const FindingInfo& info : AllFindings()) {
    const std::string code(info.code);
    EXPECT_TRUE(codes.insert(code).second) << code;
    const bool same_letter = !previous.empty() && previous[5] == code[5];
    if (same_letter) {
      EXPECT_LT(previous, code);
    }
    previous = code;
  }
}

TEST(FindingTableTest, ErrorsComeBeforeWarningsBeforeNotes) {
  std::vector<Severity> severities;
  for (const FindingInfo& info : AllFindings()) severities.push_back(info.severity);
  EXPECT_TRUE(std::is_sorted(severities.rbegin(), severities.rend()));
}

TEST(FindingTableTest, TheLetterOfACodeIsItsSeverity) {
  for (const FindingInfo& info : AllFindings()) {
    const std::string code(info.code);
    const char letter = info.severity == Severity::kError     ? 'E'
                        : info.severity == Severity::kWarning ? 'W'
                                                              : 'N';
    EXPECT_EQ(code.substr(0, 6), std::string("ROPE-") + letter);
    EXPECT_EQ(code.size(), 9U);
    EXPECT_EQ(code.find_first_not_of("0123456789", 6), std::string::npos) << code;
  }
}

TEST(FindingTableTest, EveryIdAndEveryCodeFindsItsRow) {
  for (const FindingInfo& info : AllFindings()) {
    EXPECT_EQ(&FindingInfoOf(info.id), &info) << info.code;
    EXPECT_EQ(FindFinding(info.code), &info);
  }
  EXPECT_EQ(FindFinding("ROPE-E999"), nullptr);
  EXPECT_EQ(FindFinding(""), nullptr);
}

// A title is a heading, without a full stop; a consequence is whole sentences.
TEST(FindingTableTest, TextsAreHeadingsAndSentences) {
  for (const FindingInfo& info : AllFindings()) {
    ASSERT_FALSE(info.title.empty()) << info.code;
    ASSERT_FALSE(info.consequence.empty()) << info.code;
    EXPECT_NE(info.title.back(), '.') << info.code;
    EXPECT_EQ(info.consequence.back(), '.') << info.code;
  }
}

TEST(FindingTableTest, AFindingHasTheCodeAndTheSeverityOfItsRow) {
  const Finding finding = MakeFinding(FindingId::kThetaImplausible, "rope_theta", "should be > 1");
  EXPECT_EQ(finding.code, "ROPE-W122");
  EXPECT_EQ(finding.severity, Severity::kWarning);
  EXPECT_EQ(finding.path, "rope_theta");
  EXPECT_EQ(finding.message, "should be > 1");
  EXPECT_EQ(finding.hf_message, "");
  EXPECT_EQ(finding.fix, "");
  EXPECT_EQ(finding.offset, -1);
}

}  // namespace
}  // namespace rope
