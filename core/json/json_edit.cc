#include "core/json/json_edit.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/json/json_reader.h"
#include "core/json/json_spans.h"
#include "core/json/merge_patch.h"

namespace rope {
namespace {

// Replaces the bytes [begin, end) of the text.
struct Edit {
  size_t begin;
  size_t end;
  std::string replacement;
};

// The same value always gives the same text, whatever the order of its members.
std::string Canonical(JsonValue value) {
  std::vector<JsonValue*> open = {&value};
  while (!open.empty()) {
    JsonValue& next = *open.back();
    open.pop_back();
    if (next.is_array()) {
      for (JsonValue& element : next.as_array()) open.push_back(&element);
    } else if (next.is_object()) {
      next.as_object().SortByKey();
      for (JsonMember& member : next.as_object()) open.push_back(&member.value);
    }
  }
  return WriteJson(value);
}

// A value is written over several lines if they are indented by at most this much. The text would
// otherwise be as long as the product of its lines and the indentation.
constexpr size_t kWidestIndentation = 200;

// How the members of an object are written.
struct Style {
  std::string separator;  // between a comma, or the opening brace, and the next key
  std::string closing;    // between the last value and the closing brace
  std::string colon = ": ";
};

class Editor {
 public:
  explicit Editor(absl::string_view text) : text_(text) {}

  // Adds the edits for the object that begins at `begin`. Recursive as the patch is.
  void Patch(size_t begin, const JsonValue& patch, const std::string& indentation);
  // Remembers the spelling of all members that the patch removes.
  void CollectRemoved(size_t begin, const JsonValue& patch);

  std::string Apply();

 private:
  Style StyleOf(const ObjectSpan& object, const std::string& indentation) const;
  // Renames members in place. Takes the names that are done out of `changes`.
  void Rename(const ObjectSpan& object, std::map<std::string, const JsonValue*>* changes);
  // Removes the members whose entry of `removed` is true, with their commas, and adds `added`, the
  // texts of new members.
  void RemoveAndAdd(const ObjectSpan& object, const std::vector<bool>& removed,
                    const std::vector<std::string>& added, const Style& style);
  // The text of a value that the patch sets, for a place with this separator before it.
  std::string Spelled(const JsonValue& change, const std::string& indentation) const;
  std::string Key(absl::string_view key) const { return WriteJson(JsonValue(key)); }
  // The indentation of the line on which byte `at` stands; "" on the first line.
  std::string IndentationAt(size_t at) const;

  absl::string_view text_;
  std::map<std::string, std::string> removed_;  // canonical value -> its spelling in the text
  std::vector<Edit> edits_;
};

std::string Editor::IndentationAt(size_t at) const {
  const size_t line = text_.rfind('\n', at);
  if (line == absl::string_view::npos) return "";
  const size_t first = text_.find_first_not_of(" \t", line + 1);
  return std::string(text_.substr(line + 1, std::min(first, at) - line - 1));
}

Style Editor::StyleOf(const ObjectSpan& object, const std::string& indentation) const {
  Style style;
  if (object.members.empty()) {
    const bool lines = absl::StrContains(text_, '\n');
    const std::string outer = IndentationAt(object.begin);
    style.separator = lines ? absl::StrCat("\n", outer, indentation) : "";
    style.closing = lines ? absl::StrCat("\n", outer) : "";
    return style;
  }
  const MemberSpan& first = object.members.front();
  const MemberSpan& last = object.members.back();
  const absl::string_view colon = text_.substr(first.key_end, first.value_begin - first.key_end);
  style.colon = std::string(colon);
  style.separator = std::string(text_.substr(object.begin + 1, first.key_begin - object.begin - 1));
  if (!absl::StrContains(style.separator, '\n')) {
    style.separator.assign(absl::EndsWith(colon, " ") ? 1 : 0, ' ');
  }
  style.closing = std::string(text_.substr(last.value_end, object.end - last.value_end));
  return style;
}

std::string Editor::Spelled(const JsonValue& change, const std::string& indentation) const {
  // A null inside a new value removes a member that is not there.
  const JsonValue value = ApplyMergePatch(JsonValue(), change);
  const auto removed = removed_.find(Canonical(value));
  if (removed != removed_.end()) return removed->second;
  const bool is_container = value.is_object() || value.is_array();
  const size_t line = indentation.find('\n');
  if (!is_container || line == std::string::npos) return WriteJson(value);
  // WritePrettyJson indents by two spaces.
  const std::string outer = indentation.substr(line);
  if (outer.size() > kWidestIndentation) return WriteJson(value);
  return absl::StrJoin(absl::StrSplit(WritePrettyJson(value), '\n'), outer);
}

void Editor::Rename(const ObjectSpan& object, std::map<std::string, const JsonValue*>* changes) {
  std::map<std::string, int> times;
  for (const MemberSpan& member : object.members) ++times[member.key];
  for (const MemberSpan& member : object.members) {
    const auto removal = changes->find(member.key);
    if (removal == changes->end() || !removal->second->is_null() || times[member.key] > 1) continue;
    const std::string value = Canonical(
        ReadJson(text_.substr(member.value_begin, member.value_end - member.value_begin))->root);
    const auto addition = std::find_if(changes->begin(), changes->end(), [&](const auto& change) {
      return !change.second->is_null() && !times.contains(change.first) &&
             Canonical(*change.second) == value;
    });
    if (addition == changes->end()) continue;
    edits_.push_back({member.key_begin, member.key_end, Key(addition->first)});
    changes->erase(addition);
    changes->erase(member.key);
  }
}

void Editor::RemoveAndAdd(const ObjectSpan& object, const std::vector<bool>& removed,
                          const std::vector<std::string>& added, const Style& style) {
  const std::vector<MemberSpan>& members = object.members;
  std::vector<size_t> kept;
  for (size_t i = 0; i < members.size(); ++i) {
    if (!removed[i]) kept.push_back(i);
  }
  std::string addition;
  for (const std::string& member : added) {
    const bool first = kept.empty() && addition.empty();
    absl::StrAppend(&addition, first ? "" : ",", style.separator, member);
  }
  if (kept.empty()) {
    if (!members.empty() || !added.empty()) {
      edits_.push_back({object.begin + 1, object.end,
                        added.empty() ? "" : absl::StrCat(addition, style.closing)});
    }
    return;
  }
  // Members before the first one that is kept.
  if (kept.front() > 0) {
    edits_.push_back({members.front().key_begin, members[kept.front()].key_begin, ""});
  }
  for (size_t k = 0; k < kept.size(); ++k) {
    const size_t i = kept[k];
    const size_t next = k + 1 < kept.size() ? kept[k + 1] : members.size();
    if (next > i + 1) edits_.push_back({members[i].value_end, members[next - 1].value_end, ""});
  }
  if (!added.empty()) {
    edits_.push_back({members.back().value_end, members.back().value_end, addition});
  }
}

void Editor::Patch(size_t begin, const JsonValue& patch, const std::string& indentation) {
  const ObjectSpan object = FindMembers(text_, begin);
  const Style style = StyleOf(object, indentation);
  std::map<std::string, const JsonValue*> changes;
  for (const JsonMember& member : patch.as_object()) changes[member.key] = &member.value;
  Rename(object, &changes);
  std::vector<bool> removed(object.members.size(), false);
  std::map<std::string, size_t> last;  // of several members with one name the last one counts
  for (size_t i = 0; i < object.members.size(); ++i) last[object.members[i].key] = i;
  std::vector<std::string> added;
  for (const JsonMember& member : patch.as_object()) {
    if (!changes.contains(member.key)) continue;
    const auto found = last.find(member.key);
    if (found == last.end()) {
      if (!member.value.is_null()) {
        added.push_back(
            absl::StrCat(Key(member.key), style.colon, Spelled(member.value, style.separator)));
      }
      continue;
    }
    if (member.value.is_null()) {
      for (size_t i = 0; i < removed.size(); ++i) {
        if (object.members[i].key == member.key) removed[i] = true;
      }
      continue;
    }
    const MemberSpan& span = object.members[found->second];
    if (member.value.is_object() && text_[span.value_begin] == '{') {
      Patch(span.value_begin, member.value, indentation);
    } else {
      edits_.push_back({span.value_begin, span.value_end, Spelled(member.value, style.separator)});
    }
  }
  RemoveAndAdd(object, removed, added, style);
}

void Editor::CollectRemoved(size_t begin, const JsonValue& patch) {
  for (const MemberSpan& span : FindMembers(text_, begin).members) {
    const JsonValue* change = patch.Find(span.key);
    if (change == nullptr) continue;
    const absl::string_view value =
        text_.substr(span.value_begin, span.value_end - span.value_begin);
    if (change->is_null()) {
      removed_[Canonical(ReadJson(value)->root)] = std::string(value);
    } else if (change->is_object() && value[0] == '{') {
      CollectRemoved(span.value_begin, *change);
    }
  }
}

std::string Editor::Apply() {
  std::stable_sort(edits_.begin(), edits_.end(),
                   [](const Edit& a, const Edit& b) { return a.begin < b.begin; });
  std::string result;
  size_t done = 0;
  for (const Edit& edit : edits_) {
    if (edit.begin > done) absl::StrAppend(&result, text_.substr(done, edit.begin - done));
    absl::StrAppend(&result, edit.replacement);
    done = std::max(done, edit.end);
  }
  return absl::StrCat(result, text_.substr(done));
}

// The spaces before the first member of the document; two if it stands on the line of the brace.
std::string IndentationOf(absl::string_view text, size_t begin) {
  const ObjectSpan root = FindMembers(text, begin);
  if (root.members.empty()) return std::string(2, ' ');
  const size_t first = root.members.front().key_begin;
  const size_t line = text.rfind('\n', first);
  if (line == absl::string_view::npos || line < begin) return std::string(2, ' ');
  return std::string(text.substr(line + 1, first - line - 1));
}

}  // namespace

std::optional<std::string> EditJson(absl::string_view text, const JsonValue& patch) {
  const JsonResult before = ReadJson(text);
  if (!before.ok() || !before->root.is_object() || !patch.is_object()) return std::nullopt;
  const size_t begin = SkipSpaces(text, 0);
  Editor editor(text);
  editor.CollectRemoved(begin, patch);
  editor.Patch(begin, patch, IndentationOf(text, begin));
  std::string result = editor.Apply();
  const JsonResult after = ReadJson(result);
  if (!after.ok() || Canonical(after->root) != Canonical(ApplyMergePatch(before->root, patch))) {
    return std::nullopt;
  }
  return result;
}

}  // namespace rope
