// docs/findings.md, read and written: one section for each code, with an example configuration and
// what the service says about it.
//
// A section looks like this; `...` is any other text, and is kept when the page is written:
//
//   ### CODE: title
//
//   The consequence. *Stricter.*
//   ...
//   Compared with preset `NAME` ...
//   ```json
//   {"the": "example"}
//   ```
//
//   > `path`: message
//   ...
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/findings/finding.h"

namespace rope::testing {

struct FindingSection {
  std::string code;         // "ROPE-E006"
  std::string title;        // the heading without the code
  std::string consequence;  // the first paragraph, on one line
  std::string details;      // all lines from there to the answer, the example among them
  std::string preset;       // to compare the example with; "" for none
  std::string example;      // the text of the configuration
  std::string path;         // of the answer; "" if the finding is about the whole document
  std::string message;      // of the answer, on one line
  std::string rest;         // the lines from there to the next section
};

struct FindingsPage {
  std::string introduction;  // the lines before the first section
  std::vector<FindingSection> sections;
};

// The text of docs/findings.md.
std::string ReadFindingsPage();

// Splits the text of the page into its introduction and its sections.
FindingsPage ParseFindingsPage(absl::string_view text);

// The text of the page. Paragraphs and answers are filled to 100 columns.
std::string PrintFindingsPage(const FindingsPage& page);

// What ValidateConfig says about the example of a section: the finding with the code and the path
// of the section. If there is none, the result has no code.
Finding FindingOfExample(const FindingSection& section);

// The page with the titles and consequences of core/findings, and the messages of today.
FindingsPage WithCurrentTexts(FindingsPage page);

}  // namespace rope::testing
