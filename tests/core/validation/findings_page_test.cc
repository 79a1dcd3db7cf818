// Compares docs/findings.md with the code: every code has a section, the section has the texts of
// the table, and its example gives exactly the answer that the page shows.
#include "tests/core/validation/findings_page.h"

#include <string>
#include <vector>

#include "core/findings/finding_table.h"
#include "core/validation/validate_config.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

using testing::FindingSection;
using testing::FindingsPage;

FindingsPage Page() { return testing::ParseFindingsPage(testing::ReadFindingsPage()); }

TEST(FindingsPageTest, HasASectionForEveryCodeInTheOrderOfTheTable) {
  const FindingsPage page = Page();
  ASSERT_EQ(page.sections.size(), AllFindings().size());
  for (size_t i = 0; i < page.sections.size(); ++i) {
    EXPECT_EQ(page.sections[i].code, AllFindings()[i].code);
  }
}

TEST(FindingsPageTest, SaysWhatTheCodeSays) {
  const FindingsPage page = Page();
  const FindingsPage current = WithCurrentTexts(page);
  for (size_t i = 0; i < page.sections.size(); ++i) {
    const std::string hint = page.sections[i].code + ": run tools/update_findings_page";
    EXPECT_EQ(page.sections[i].title, current.sections[i].title) << hint;
    EXPECT_EQ(page.sections[i].consequence, current.sections[i].consequence) << hint;
    EXPECT_EQ(page.sections[i].message, current.sections[i].message) << hint;
  }
}

TEST(FindingsPageTest, IsFilledToTheColumns) {
  EXPECT_EQ(testing::ReadFindingsPage(), PrintFindingsPage(Page()))
      << "run tools/update_findings_page";
}

// The example has the finding at the path of the answer. It has no error but this one.
TEST(FindingsPageTest, EveryExampleGivesItsCodeWhereThePageSays) {
  for (const FindingSection& section : Page().sections) {
    SCOPED_TRACE(section.code + " in " + section.example);
    EXPECT_EQ(FindingOfExample(section).code, section.code) << "at path '" << section.path << "'";
    ValidateOptions options;
    options.preset = section.preset;
    const ModelConfigReport report = ValidateConfig(section.example, options).report;
    for (const Finding& finding : report.findings) {
      EXPECT_FALSE(finding.message.empty());
      if (finding.severity != Severity::kError) continue;
      EXPECT_EQ(finding.code, section.code) << finding.path << ": " << finding.message;
    }
    const FindingInfo* info = FindFinding(section.code);
    ASSERT_NE(info, nullptr);
    EXPECT_EQ(report.valid(), info->severity != Severity::kError);
    EXPECT_EQ(report.layer_types.empty(), !report.valid());
  }
}

}  // namespace
}  // namespace rope
