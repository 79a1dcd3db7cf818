#include "core/config/outside_text_model.h"

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

void Report(const TextModel& model, const JsonValue& outer, const JsonValue& value,
            absl::string_view member, FindingSink* findings) {
  const JsonValue* own = Own(model, member);
  const bool fails = FailsToLoad(outer, value);
  const bool same = own != nullptr && PythonRepr(*own) == PythonRepr(value);
  if (same && !fails) return;
  findings->Add(
      fails ? FindingId::kOutsideTextModel : FindingId::kOutsideTextModelUnread, value, member,
      absl::StrCat(fails ? "stands outside the text model, so transformers does not load the file"
                         : "has no effect: it stands outside the text model",
                   own == nullptr ? absl::StrCat(". The fix moves it into ", model.path,
                                                 ", and then it counts")
                                  : absl::StrCat("; ", model.path, " has its own, ",
                                                 PythonRepr(*own), ", which counts")));
  if (own == nullptr) {
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
