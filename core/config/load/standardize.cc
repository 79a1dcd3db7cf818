#include "core/config/load/standardize.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/config/load/shortened.h"
#include "core/json/python_value.h"
#include "core/rope_types/rope_types.h"

namespace rope {
namespace {

bool NeedsOriginalLength(const JsonValue& rope_type) {
  const RopeType* type = rope_type.is_string() ? FindRopeType(rope_type.as_string()) : nullptr;
  return type != nullptr && type->needs_original_length;
}

// Fills in the members that every parameter set gets.
void FillSet(const LoadingState& state, JsonValue* set) {
  const JsonValue* type = set->Find("type");
  set->SetDefault("rope_type", type != nullptr ? *type : JsonValue(kDefaultRopeType));
  const JsonValue* theta = state.Attribute("rope_theta");
  set->SetDefault("rope_theta", theta != nullptr ? Shortened(*theta) : JsonValue());
  const JsonValue* partial = state.Attribute("partial_rotary_factor");
  if (partial != nullptr && !partial->is_null()) {
    set->SetDefault("partial_rotary_factor", Shortened(*partial));
  }
}

void FillDefaultType(const LoadingState& state, JsonValue* set) {
  const absl::string_view default_type = state.family().default_type;
  const JsonValue& type = *set->Find("rope_type");
  if (default_type != kDefaultRopeType && type.is_string() &&
      type.as_string() == kDefaultRopeType) {
    set->Set("rope_type", JsonValue(default_type));
  }
}

// `is_final`: nothing replaces the length before the model computes with it.
void FillOriginalLengthFromMaximum(LoadingState* state, JsonValue* set, absl::string_view path,
                                   bool is_final) {
  if (set->Find("original_max_position_embeddings") != nullptr) return;
  const JsonValue* attribute = state->Attribute("max_position_embeddings");
  if (attribute == nullptr) {
    state->findings().AddMember(
        FindingId::kMissingKey, *set, path, "original_max_position_embeddings",
        "original_max_position_embeddings is missing, and so is max_position_embeddings, which "
        "would be used instead; give the length that the model was trained with");
    return;
  }
  const JsonValue maximum = Shortened(*attribute);
  if (is_final) {
    state->findings().AddMember(
        FindingId::kOriginalLengthDefault, *set, path, "original_max_position_embeddings",
        absl::StrCat("is missing: max_position_embeddings (", PythonRepr(maximum),
                     ") is used instead; give the length that the model was trained with"));
  }
  set->Set("original_max_position_embeddings", maximum);
}

void StandardizeOneSet(LoadingState* state) {
  JsonValue* set = &state->rope_parameters;
  FillSet(*state, set);
  FillDefaultType(*state, set);
  if (!NeedsOriginalLength(*set->Find("rope_type"))) return;
  // An attribute, from the class or from the document's top level, replaces the length in the
  // parameter set.
  if (const JsonValue* outer = state->Attribute("original_max_position_embeddings")) {
    set->Set("original_max_position_embeddings", *outer);
  } else {
    // A length at the top level becomes an attribute at the end of loading, and replaces this one
    // when the model is built: ROPE-W111 says so.
    const JsonValue* later = state->Kwarg("original_max_position_embeddings");
    FillOriginalLengthFromMaximum(state, set, "rope_parameters",
                                  later == nullptr || later->is_null());
  }
}

void StandardizeSets(LoadingState* state, const std::vector<std::string>& names) {
  // `names` are in the order of the members, so one pass finds them all.
  auto next = names.begin();
  for (JsonMember& member : state->rope_parameters.as_object()) {
    if (next == names.end() || member.key != *next) continue;
    const std::string& name = *next++;
    JsonValue* set = &member.value;
    if (set->is_null()) continue;  // layers of this type have no rotary embedding
    const std::string path = absl::StrCat(state->RopePath(), ".", name);
    if (!set->is_object()) {
      if (state->findings().HasErrorAt(state->findings().PathOf(*set, path))) continue;
      state->findings().Add(
          FindingId::kWrongKind, *set, path,
          absl::StrCat("must be an object of rope parameters or null, not ", PythonTypeName(*set)),
          absl::StrCat("'", PythonTypeName(*set), "' object has no attribute 'setdefault'"));
      continue;
    }
    FillSet(*state, set);
    if (NeedsOriginalLength(*set->Find("rope_type"))) {
      FillOriginalLengthFromMaximum(state, set, path, true);
    }
    FillDefaultType(*state, set);
  }
}

}  // namespace

void StandardizeRopeParameters(LoadingState* state) {
  JsonValue& parameters = state->rope_parameters;
  if (parameters.is_null()) parameters = EmptyObject();
  const bool has_theta = IsTruthy(state->AttributeOrNull("rope_theta"));
  if (parameters.as_object().empty() && !has_theta) {
    state->findings().AddPath(
        FindingId::kParametersIgnored, "rope_parameters", -1,
        "the configuration has no rope parameters",
        "`standardize_rope_params` was called but no RoPE parameters were found.");
    return;
  }
  const std::vector<std::string> names = state->ParameterSetsIn(parameters);
  if (names.empty()) {
    StandardizeOneSet(state);
  } else {
    StandardizeSets(state, names);
  }
}

}  // namespace rope
