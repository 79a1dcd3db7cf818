// FindingSink: collects the findings on one document.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/findings/finding.h"
#include "core/findings/finding_table.h"
#include "core/json/json_value.h"

namespace rope {

// Collects the findings on one document. Not thread-safe.
class FindingSink {
 public:
  // `root`, the whole document, gives offsets their paths; it must outlive the sink.
  explicit FindingSink(const JsonValue* root) : root_(root) {}

  // About a value that stands in the document, or (offset -1) about `fallback_path`.
  void Add(FindingId id, const JsonValue& value, absl::string_view fallback_path,
           std::string message, std::string hf_message = "");

  // About member `key` of `parent`; if it is not there, about its absence.
  void AddMember(FindingId id, const JsonValue& parent, absl::string_view parent_path,
                 absl::string_view key, std::string message, std::string hf_message = "");

  // About a path as such.
  void AddPath(FindingId id, std::string path, int64_t offset, std::string message,
               std::string hf_message = "");

  // How to mend what was added last. The first two are about a value of the document and the member
  // it stands in; a value or an object that is not from the document gives no fix.
  void FixByValue(const JsonValue& at, JsonValue value);  // null: by removing the member
  void FixByRenaming(const JsonValue& at, absl::string_view key);
  void FixByAdding(const JsonValue& object, absl::string_view key, JsonValue value);

  // The path of a value, `fallback` where it is not from the document.
  std::string PathOf(const JsonValue& value, absl::string_view fallback) const;

  bool has_errors() const { return !IsValid(findings_); }
  bool HasErrorAt(absl::string_view path) const;
  std::vector<Finding> Take() { return std::move(findings_); }

 private:
  // Makes `members` the patch of the object that `keys` lead to.
  void Fix(std::vector<std::string> keys, JsonValue members);

  const JsonValue* root_;
  std::vector<Finding> findings_;
  bool last_was_kept_ = false;
};

}  // namespace rope
