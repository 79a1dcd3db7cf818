#include "tests/core/validation/findings_page.h"

#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/findings/finding_table.h"
#include "core/validation/validate_config.h"
#include "tests/testing/paths.h"

namespace rope::testing {
namespace {

constexpr size_t kColumns = 100;
constexpr absl::string_view kPresetMark = "Compared with preset `";

// Reads one section, line by line. Its parts follow each other in the order of Part.
class SectionReader {
 public:
  explicit SectionReader(FindingSection* section) : section_(section) {}

  void Take(absl::string_view line) {
    if (part_ == Part::kConsequence && line.empty() && !section_->consequence.empty()) {
      part_ = Part::kDetails;
    } else if (part_ == Part::kDetails && absl::StartsWith(line, "> ")) {
      part_ = Part::kAnswer;
    } else if (part_ == Part::kAnswer && !absl::StartsWith(line, "> ")) {
      part_ = Part::kRest;
    }
    switch (part_) {
      case Part::kConsequence:
        return Join(line, &section_->consequence);
      case Part::kDetails:
        return TakeDetail(line);
      case Part::kAnswer:
        return Join(line.substr(2), &section_->message);
      case Part::kRest:
        absl::StrAppend(&section_->rest, line, "\n");
    }
  }

  // Cuts the path off the answer.
  void Finish() {
    const absl::string_view answer = section_->message;
    const size_t end = answer.find("`: ");
    if (!absl::StartsWith(answer, "`") || end == absl::string_view::npos) return;
    section_->path = std::string(answer.substr(1, end - 1));
    section_->message = std::string(answer.substr(end + 3));
  }

 private:
  enum class Part { kConsequence, kDetails, kAnswer, kRest };

  static void Join(absl::string_view line, std::string* text) {
    absl::StrAppend(text, text->empty() ? "" : " ", line);
  }

  void TakeDetail(absl::string_view line) {
    absl::StrAppend(&section_->details, line, "\n");
    if (absl::StartsWith(line, "```")) {
      in_example_ = line == "```json";
    } else if (in_example_) {
      absl::StrAppend(&section_->example, section_->example.empty() ? "" : "\n", line);
    } else if (absl::ConsumePrefix(&line, kPresetMark)) {
      section_->preset = std::string(line.substr(0, line.find('`')));
    }
  }

  FindingSection* section_;
  Part part_ = Part::kConsequence;
  bool in_example_ = false;
};

// `text` in lines of at most kColumns, each after `prefix`.
std::string Filled(absl::string_view text, absl::string_view prefix) {
  std::string lines;
  std::string line;
  for (const absl::string_view word : absl::StrSplit(text, ' ')) {
    if (!line.empty() && line.size() + 1 + word.size() > kColumns) {
      absl::StrAppend(&lines, line, "\n");
      line.clear();
    }
    absl::StrAppend(&line, line.empty() ? prefix : " ", word);
  }
  return absl::StrCat(lines, line, "\n");
}

}  // namespace

std::string ReadFindingsPage() {
  std::ifstream stream(std::string(ROPE_SOURCE_DIR) + "/docs/findings.md");
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

FindingsPage ParseFindingsPage(absl::string_view text) {
  FindingsPage page;
  const std::vector<std::string> parts = absl::StrSplit(text, "\n### ");
  page.introduction = parts.front();
  for (size_t i = 1; i < parts.size(); ++i) {
    std::vector<absl::string_view> lines = absl::StrSplit(parts[i], '\n');
    FindingSection section;
    const std::pair<std::string, std::string> heading =
        absl::StrSplit(lines.front(), absl::MaxSplits(": ", 1));
    section.code = heading.first;
    section.title = heading.second;
    SectionReader reader(&section);
    for (size_t line = 1; line < lines.size(); ++line) reader.Take(lines[line]);
    reader.Finish();
    page.sections.push_back(std::move(section));
  }
  return page;
}

std::string PrintFindingsPage(const FindingsPage& page) {
  std::string text = page.introduction;
  for (const FindingSection& section : page.sections) {
    const std::string path = section.path.empty() ? "" : absl::StrCat("`", section.path, "`: ");
    absl::StrAppend(&text, "\n### ", section.code, ": ", section.title, "\n\n",
                    Filled(section.consequence, ""), section.details,
                    Filled(absl::StrCat(path, section.message), "> "), section.rest);
    text.pop_back();  // the line break before the next heading is written with it
  }
  return text;
}

Finding FindingOfExample(const FindingSection& section) {
  ValidateOptions options;
  options.preset = section.preset;
  for (Finding& finding : ValidateConfig(section.example, options).report.findings) {
    if (finding.code == section.code && finding.path == section.path) return std::move(finding);
  }
  return {};
}

FindingsPage WithCurrentTexts(FindingsPage page) {
  for (FindingSection& section : page.sections) {
    const FindingInfo* info = FindFinding(section.code);
    if (info == nullptr) continue;
    const bool stricter = info->severity == Severity::kError && info->beyond_transformers;
    section.title = std::string(info->title);
    section.consequence = absl::StrCat(info->consequence, stricter ? " *Stricter.*" : "");
    section.message = FindingOfExample(section).message;
  }
  return page;
}

}  // namespace rope::testing
