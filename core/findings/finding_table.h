// The table of all findings that a configuration can have.
//
// The rows are in finding_list.inc. Everything here is constant for the life of the process and
// thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/findings/finding.h"

namespace rope {

// One enumerator for each row, in the order of the rows: kSyntax, kDocumentLimit, ...
enum class FindingId {
#define FINDING(id, code, origin, title, consequence) id,
#include "core/findings/finding_list.inc"
#undef FINDING
};

// One row of the table.
struct FindingInfo {
  FindingId id;
  absl::string_view code;         // "ROPE-E006"; also the key of its section in docs/findings.md
  Severity severity;              // follows from the letter of the code
  absl::string_view title;        // what is wrong, in a few words
  absl::string_view consequence;  // what happens to the model if the finding is ignored
  // True if transformers may load and compute such a configuration in silence. Such an error is
  // stricter than transformers, and such a warning says more than transformers does.
  bool beyond_transformers;
};

// All rows, sorted by severity (errors first), then by code.
absl::Span<const FindingInfo> AllFindings();

// The row of that finding.
const FindingInfo& FindingInfoOf(FindingId id);

// The row with that code; null if the table has no such code. Codes are in upper case.
const FindingInfo* FindFinding(absl::string_view code);

// Whether the fix of the finding may change what is computed. The message of such a finding has a
// sentence that says what "The fix" does. Every other fix keeps all frequencies, attention factors,
// lengths and layers unchanged.
bool FixMayChangeResults(const Finding& finding);

// A finding with the code and the severity of `id`. `path` and `message` as in Finding; the other
// members keep their defaults.
Finding MakeFinding(FindingId id, std::string path, std::string message);

}  // namespace rope
