// Finding: one thing that a reader of a model configuration has to say about it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rope {

enum class Severity {
  kNote,     // worth knowing; nothing is wrong
  kWarning,  // it computes, but probably not what was meant
  kError,    // it does not compute, or would compute nonsense: refused
};

struct Finding {
  std::string code;  // stable, "ROPE-E012"; the table is core/findings/finding_table.h
  Severity severity = Severity::kError;
  std::string path;  // the field as the user wrote it: "rope_scaling.factor"; empty: the document
  std::string message;  // what is wrong and what would be allowed
  // The sentence transformers itself prints or raises for this, where it does; otherwise empty.
  std::string hf_message;
  // What would mend it, as a JSON merge patch (RFC 7396) of the document; empty where only its
  // author can know.
  std::string fix;
  // Byte offset of the field in the JSON text, -1 where there is none (a missing field).
  int64_t offset = -1;
};

// True when no finding is an error.
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
