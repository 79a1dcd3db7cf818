#include "core/findings/finding_table.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/match.h"

namespace rope {
namespace {

// The severity that the letter of a code stands for: "ROPE-E006" is an error.
constexpr Severity SeverityOfCode(absl::string_view code) {
  switch (code[5]) {
    case 'N':
      return Severity::kNote;
    case 'W':
      return Severity::kWarning;
    default:
      return Severity::kError;
  }
}

// The origins of finding_list.inc, as FindingInfo::beyond_transformers.
constexpr bool kHf = false;
constexpr bool kOwn = true;

constexpr FindingInfo kFindings[] = {
#define FINDING(id, code, origin, title, consequence) \
  {FindingId::id, code, SeverityOfCode(code), title, consequence, origin},
#include "core/findings/finding_list.inc"
#undef FINDING
};

// Findings about a value that has no effect, and that the fix of some of them makes count.
constexpr FindingId kMadeToCount[] = {FindingId::kScalingDropped, FindingId::kMisspelled,
                                      FindingId::kTwoSpellings, FindingId::kOutsideTextModelUnread};

}  // namespace

absl::Span<const FindingInfo> AllFindings() { return kFindings; }

const FindingInfo& FindingInfoOf(FindingId id) { return kFindings[static_cast<size_t>(id)]; }

const FindingInfo* FindFinding(absl::string_view code) {
  for (const FindingInfo& info : kFindings) {
    if (info.code == code) return &info;
  }
  return nullptr;
}

bool FixMayChangeResults(const Finding& finding) {
  const bool is_listed =
      std::any_of(std::begin(kMadeToCount), std::end(kMadeToCount),
                  [&](FindingId id) { return FindingInfoOf(id).code == finding.code; });
  return is_listed && absl::StrContains(finding.message, "The fix ");
}

Finding MakeFinding(FindingId id, std::string path, std::string message) {
  const FindingInfo& info = FindingInfoOf(id);
  Finding finding;
  finding.code = std::string(info.code);
  finding.severity = info.severity;
  finding.path = std::move(path);
  finding.message = std::move(message);
  return finding;
}

}  // namespace rope
