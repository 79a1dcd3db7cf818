#include "core/json/merge_patch.h"

#include <utility>

namespace rope {

JsonValue ApplyMergePatch(JsonValue target, const JsonValue& patch) {
  if (!patch.is_object()) return patch;
  if (!target.is_object()) target = EmptyObject();
  for (const JsonMember& member : patch.as_object()) {
    if (member.value.is_null()) {
      target.Erase(member.key);
      continue;
    }
    const JsonValue* present = target.Find(member.key);
    target.Set(member.key,
               ApplyMergePatch(present != nullptr ? *present : JsonValue(), member.value));
  }
  return target;
}

JsonValue CombinedPatch(JsonValue first, const JsonValue& second) {
  for (const JsonMember& member : second.as_object()) {
    JsonValue* present = first.Find(member.key);
    if (present == nullptr || !present->is_object() || !member.value.is_object()) {
      first.Set(member.key, member.value);
    } else {
      *present = CombinedPatch(std::move(*present), member.value);
    }
  }
  return first;
}

}  // namespace rope
