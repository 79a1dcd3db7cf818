#include "core/config/outside_text_model.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/json/python_value.h"
#include "core/rope_types/rope_types.h"

namespace rope {
namespace {

constexpr absl::string_view kParameters[] = {"rope_scaling", "rope_parameters"};
constexpr absl::string_view kNumbers[] = {
    "rope_theta", "partial_rotary_factor", "rotary_emb_base",
    "rotary_pct", "rope_local_base_freq",  "original_max_position_embeddings"};

bool IsGiven(const JsonValue* value) { return value != nullptr && IsTruthy(*value); }

// Whether transformers fails to load an outer configuration with these parameters.
bool FailsToLoad(const JsonValue& outer, const JsonValue& parameters) {
  if (!parameters.is_object() || outer.Find("max_position_embeddings") != nullptr) return false;
  const JsonValue* type = parameters.Find("rope_type");
  if (type == nullptr) type = parameters.Find("type");
  const RopeType* row =
      type != nullptr && type->is_string() ? FindRopeType(type->as_string()) : nullptr;
  return row != nullptr && row->needs_original_length;
}

// The text model's own parameters of this kind; null if it has none.
const JsonValue* Own(const TextModel& model, absl::string_view member) {
  if (member != kParameters[0] && member != kParameters[1]) {
    const JsonValue* own = model.document->Find(member);
    for (const absl::string_view name : kParameters) {
      const JsonValue* parameters = model.document->Find(name);
      if (!IsGiven(own) && parameters != nullptr) own = parameters->Find(member);
    }
    return IsGiven(own) ? own : nullptr;
  }
  for (const absl::string_view name : kParameters) {
    const JsonValue* own = model.document->Find(name);
    if (IsGiven(own)) return own;
  }
  return nullptr;
}

// Whether `member` is one of two objects of parameters beside each other. Only the author can know
// which of them was meant for the text model.
bool IsOneOfTwo(const JsonValue& outer, absl::string_view member) {
  const bool is_parameters = member == kParameters[0] || member == kParameters[1];
  return is_parameters && IsGiven(outer.Find(kParameters[0])) &&
         IsGiven(outer.Find(kParameters[1]));
}

bool IsPositiveNumber(const JsonValue& value) {
  return !value.is_bool() && PythonNumber(value).value_or(0.0) > 0.0;
}

bool NeedsLength(const RopeType& type) {
  return type.needs_original_length || type.seq_len_dependence != SeqLenDependence::kNone;
}

// Whether a parameter set of a known type has what the type requires, and only positive numbers.
// Only the base can be filled in: some families do not fill in the original length.
bool IsUsableSet(const JsonValue& set, const TextModel& model) {
  const JsonValue* name = set.Find("rope_type");
  if (name == nullptr) name = set.Find("type");
  const RopeType* type =
      name != nullptr && name->is_string() ? FindRopeType(name->as_string()) : nullptr;
  if (type == nullptr) return false;
  if (NeedsLength(*type) && model.document->Find("max_position_embeddings") == nullptr)
    return false;
  const bool is_complete = std::all_of(
      type->required_keys.begin(), type->required_keys.end(),
      [&](absl::string_view key) { return key == "rope_theta" || set.Find(key) != nullptr; });
  const JsonValue::Object& members = set.as_object();
  return is_complete && std::all_of(members.begin(), members.end(), [](const JsonMember& member) {
           if (member.value.is_string()) return FindRopeType(member.value.as_string()) != nullptr;
           if (member.value.is_array()) return true;
           return member.key == "truncate" || IsPositiveNumber(member.value);
         });
}

// Whether the value could be what `member` says, so that the text model would compute with it.
bool IsUsable(const JsonValue& value, absl::string_view member, const TextModel& model) {
  if (member == kParameters[0] || member == kParameters[1]) {
    return value.is_object() && IsUsableSet(value, model);
  }
  if (!IsPositiveNumber(value)) return false;
  const bool is_share = member == "partial_rotary_factor" || member == "rotary_pct";
  return (PythonNumber(value).value_or(0.0) <= 1.0) == is_share;
}

void Report(const TextModel& model, const JsonValue& outer, const JsonValue& value,
            absl::string_view member, FindingSink* findings) {
  const JsonValue* own = Own(model, member);
  const bool fails = FailsToLoad(outer, value);
  const bool has_fix =
      own == nullptr && !IsOneOfTwo(outer, member) && (fails || IsUsable(value, member, model));
  const bool same = own != nullptr && PythonRepr(*own) == PythonRepr(value);
  if (same && !fails) return;
  findings->Add(
      fails ? FindingId::kOutsideTextModel : FindingId::kOutsideTextModelUnread, value, member,
      absl::StrCat(
          fails ? "stands outside the text model, so transformers does not load the file"
                : "has no effect: it stands outside the text model",
          has_fix ? absl::StrCat(". The fix moves it into ", model.path, ", and then it counts")
          : own == nullptr ? absl::StrCat("; move it into ", model.path)
                           : absl::StrCat("; ", model.path, " has its own, ", PythonRepr(*own),
                                          ", which counts")));
  if (has_fix) {
    findings->FixByMoving(value, *model.document, member);
  } else if (same) {
    findings->FixByValue(value, JsonValue());
  }
}

}  // namespace

void CheckOutsideTextModel(const TextModel& model, FindingSink* findings) {
  for (const JsonValue* outer : model.around) {
    for (const auto& names : {absl::MakeConstSpan(kParameters), absl::MakeConstSpan(kNumbers)}) {
      for (const absl::string_view name : names) {
        const JsonValue* value = outer->Find(name);
        if (IsGiven(value)) Report(model, *outer, *value, name, findings);
      }
    }
  }
}

}  // namespace rope
