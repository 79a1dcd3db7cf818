// Finding: one thing to say about a model configuration.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rope {

enum class Severity {
  kNote,     // worth knowing; nothing is wrong
  kWarning,  // the configuration computes, but probably not what its author meant
  kError,    // the configuration does not compute, or computes nonsense
};

struct Finding {
  std::string code;  // stable, such as "ROPE-E012"; finding_table.h has all of them
  Severity severity = Severity::kError;
  // The member as the user wrote it: "rope_scaling.factor", "layer_types[1]". A missing member has
  // the path at which it would stand. "" is the whole document.
  std::string path;
  std::string message;  // what is wrong, with the value, and what would be right
  // The sentence that transformers prints or raises for this; "" if transformers says nothing.
  std::string hf_message;
  // A JSON merge patch (RFC 7396) that corrects the document; "" if only the author of the document
  // can know what is right.
  std::string fix;
  // Byte offset in the JSON text: of the member's key, of the array's element, or of the place at
  // which the text could not be read any further. -1 if the finding is about a missing member, or
  // about what was computed rather than about one member.
  int64_t offset = -1;
};

// True if no finding is an error.
inline bool IsValid(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    if (finding.severity == Severity::kError) return false;
  }
  return true;
}

// "error", "warning" or "note".
inline const char* SeverityName(Severity severity) {
  switch (severity) {
    case Severity::kNote:
      return "note";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      return "error";
  }
  return "error";
}

}  // namespace rope
