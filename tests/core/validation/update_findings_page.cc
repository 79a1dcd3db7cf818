// update_findings_page: writes docs/findings.md with the titles and consequences of core/findings
// and the messages that the examples get today.
#include <fstream>
#include <iostream>
#include <string>

#include "tests/core/validation/findings_page.h"
#include "tests/testing/paths.h"

int main() {
  using namespace rope::testing;
  const FindingsPage page = ParseFindingsPage(ReadFindingsPage());
  for (const FindingSection& section : page.sections) {
    if (!FindingOfExample(section).code.empty()) continue;
    std::cerr << section.code << ": the example has no such finding at path '" << section.path
              << "'\n";
    return 1;
  }
  std::ofstream stream(std::string(ROPE_SOURCE_DIR) + "/docs/findings.md");
  stream << PrintFindingsPage(WithCurrentTexts(page));
  return stream.flush() ? 0 : 1;
}
