// FindingSink: collects the findings on one document.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/findings/finding.h"
#include "core/findings/finding_table.h"
#include "core/json/json_value.h"

namespace rope {

// At most 200 findings are kept, so that a hostile document cannot make the list large. The first
// error is kept even beyond that: it decides whether the document is valid.
//
// A value and its copies know the offset of the value in the text. The sink looks up the path of
// that offset in the document. A value with offset -1 does not come from the text (it is a
// default); then the sink uses the caller's `fallback_path`.
//
// Not thread-safe.
class FindingSink {
 public:
  // `root` is the whole document. It must outlive the sink.
  explicit FindingSink(const JsonValue* root) : root_(root) {}

  // Adds a finding on `value`.
  void Add(FindingId id, const JsonValue& value, absl::string_view fallback_path,
           std::string message, std::string hf_message = "");

  // Adds a finding on member `key` of `parent`, present or missing. A missing member has the path
  // at which it would stand, and no offset.
  void AddMember(FindingId id, const JsonValue& parent, absl::string_view parent_path,
                 absl::string_view key, std::string message, std::string hf_message = "");

  // Adds a finding at a path and an offset (-1: none) that the caller knows.
  void AddPath(FindingId id, std::string path, int64_t offset, std::string message,
               std::string hf_message = "");

  // Each of these four functions gives a fix to the finding that was added last. They do nothing
  // if that finding was not kept, or if `at` or `object` does not come from the text. They also do
  // nothing if it lies within an array, because a merge patch cannot reach it. If the finding has a
  // fix already, the two become one.
  //
  // Replaces the value of the member at which `at` stands. null removes the member.
  void FixByValue(const JsonValue& at, JsonValue value);
  // Renames the member at which `at` stands to `key`.
  void FixByRenaming(const JsonValue& at, absl::string_view key);
  // Removes the member at which `at` stands and adds it to `object` as `key`.
  void FixByMoving(const JsonValue& at, const JsonValue& object, absl::string_view key);
  // Adds a member to `object`.
  void FixByAdding(const JsonValue& object, absl::string_view key, JsonValue value);

  // The path at which `value` stands in the document; `fallback` if it does not come from the text.
  std::string PathOf(const JsonValue& value, absl::string_view fallback) const;

  // Whether no more findings are kept, except a first error. A caller can save itself the search
  // for what a message would say.
  bool is_full() const { return findings_.size() >= kMaxFindings; }

  bool has_errors() const { return !IsValid(findings_); }
  // Whether there is an error with exactly this path.
  bool HasErrorAt(absl::string_view path) const;
  // Whether there is a finding `id`; with exactly this path, if one is given.
  bool Has(FindingId id, std::optional<absl::string_view> path = std::nullopt) const;
  // The findings in the order in which they were added. Nothing may be called after Take.
  std::vector<Finding> Take() { return std::move(findings_); }

  // Nobody reads more findings on one document.
  static constexpr size_t kMaxFindings = 200;

 private:
  // Makes `members` the patch of the object that `keys` lead to.
  void Fix(std::vector<std::string> keys, JsonValue members);

  const JsonValue* root_;
  std::vector<Finding> findings_;
  JsonValue last_fix_;  // of the finding that was added last; null: none
  bool last_was_kept_ = false;
};

}  // namespace rope
