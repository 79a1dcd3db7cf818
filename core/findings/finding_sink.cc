#include "core/findings/finding_sink.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/json/merge_patch.h"

namespace rope {

void FindingSink::Add(FindingId id, const JsonValue& value, absl::string_view fallback_path,
                      std::string message, std::string hf_message) {
  AddPath(id, PathOf(value, fallback_path), value.offset(), std::move(message),
          std::move(hf_message));
}

void FindingSink::AddMember(FindingId id, const JsonValue& parent, absl::string_view parent_path,
                            absl::string_view key, std::string message, std::string hf_message) {
  const std::string outer = PathOf(parent, parent_path);  // "" for the whole document
  const std::string path = outer.empty() ? std::string(key) : absl::StrCat(outer, ".", key);
  if (const JsonValue* value = parent.Find(key)) {
    Add(id, *value, path, std::move(message), std::move(hf_message));
  } else {
    AddPath(id, path, -1, std::move(message), std::move(hf_message));
  }
}

void FindingSink::AddPath(FindingId id, std::string path, int64_t offset, std::string message,
                          std::string hf_message) {
  Finding finding = MakeFinding(id, std::move(path), std::move(message));
  // The first error is always kept: it decides whether the document is valid.
  const bool decides = finding.severity == Severity::kError && !has_errors();
  last_was_kept_ = findings_.size() < kMaxFindings || decides;
  if (!last_was_kept_) return;
  finding.hf_message = std::move(hf_message);
  finding.offset = offset;
  findings_.push_back(std::move(finding));
  last_fix_ = JsonValue();
}

void FindingSink::Fix(std::vector<std::string> keys, JsonValue members) {
  if (!last_was_kept_) return;
  JsonValue patch = std::move(members);
  for (; !keys.empty(); keys.pop_back()) {
    JsonValue outer = EmptyObject();
    outer.Set(keys.back(), std::move(patch));
    patch = std::move(outer);
  }
  if (!last_fix_.is_null()) patch = CombinedPatch(std::move(last_fix_), patch);
  last_fix_ = std::move(patch);
  findings_.back().fix = WriteJson(last_fix_);
}

void FindingSink::FixByValue(const JsonValue& at, JsonValue value) {
  std::optional<std::vector<std::string>> keys =
      at.offset() < 0 ? std::nullopt : KeysAt(*root_, at.offset());
  if (!keys.has_value() || keys->empty()) return;
  JsonValue members = EmptyObject();
  members.Set(keys->back(), std::move(value));
  keys->pop_back();
  Fix(*std::move(keys), std::move(members));
}

void FindingSink::FixByRenaming(const JsonValue& at, absl::string_view key) {
  std::optional<std::vector<std::string>> keys =
      at.offset() < 0 ? std::nullopt : KeysAt(*root_, at.offset());
  if (!keys.has_value() || keys->empty()) return;
  JsonValue members = EmptyObject();
  members.Set(keys->back(), JsonValue());
  members.Set(key, at);
  keys->pop_back();
  Fix(*std::move(keys), std::move(members));
}

void FindingSink::FixByMoving(const JsonValue& at, const JsonValue& object, absl::string_view key) {
  if (!last_was_kept_) return;
  FixByValue(at, JsonValue());
  std::string& fix = findings_.back().fix;
  if (fix.empty()) return;
  const std::string removal = fix;
  FixByAdding(object, key, at);
  if (fix != removal) return;
  fix.clear();  // half of a move would lose the value
  last_fix_ = JsonValue();
}

void FindingSink::FixByAdding(const JsonValue& object, absl::string_view key, JsonValue value) {
  if (object.offset() < 0 && &object != root_) return;
  std::optional<std::vector<std::string>> keys = KeysAt(*root_, object.offset());
  if (!keys.has_value()) return;
  JsonValue members = EmptyObject();
  members.Set(key, std::move(value));
  Fix(*std::move(keys), std::move(members));
}

std::string FindingSink::PathOf(const JsonValue& value, absl::string_view fallback) const {
  if (value.offset() < 0) return std::string(fallback);
  return PathAt(*root_, value.offset());
}

bool FindingSink::HasErrorAt(absl::string_view path) const {
  for (const Finding& finding : findings_) {
    if (finding.severity == Severity::kError && finding.path == path) return true;
  }
  return false;
}

bool FindingSink::Has(FindingId id, std::optional<absl::string_view> path) const {
  const absl::string_view code = FindingInfoOf(id).code;
  for (const Finding& finding : findings_) {
    if (finding.code == code && (!path.has_value() || finding.path == *path)) return true;
  }
  return false;
}

}  // namespace rope
