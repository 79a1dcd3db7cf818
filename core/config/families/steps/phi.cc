#include "core/config/families/steps/phi.h"

#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/config/load/conversion.h"
#include "core/config/load/standardize.h"
#include "core/json/python_value.h"

namespace rope {

void PreparePhi3(LoadingState* state) {
  const JsonValue* given = state->Kwarg("original_max_position_embeddings");
  const int64_t offset = given != nullptr ? given->offset() : -1;
  JsonValue value(state->IntField("original_max_position_embeddings", 4096));
  value.set_offset(offset);
  state->SetAttribute("original_max_position_embeddings", std::move(value));
}

void PreparePhi4Multimodal(LoadingState* state) {
  const JsonValue* given = state->Kwarg("original_max_position_embeddings");
  if (given == nullptr || !given->is_null()) return PreparePhi3(state);
  state->SetAttribute("original_max_position_embeddings",
                      state->TakeKwarg("original_max_position_embeddings", JsonValue()));
}

void ConvertPhi3(LoadingState* state) {
  AdoptRopeScaling(state);
  JsonValue& parameters = state->rope_parameters;
  parameters.SetDefault("rope_theta", state->TakeKwarg("rope_theta", JsonValue(10000.0)));
  const JsonValue* partial = state->Kwarg("partial_rotary_factor");
  parameters.SetDefault("partial_rotary_factor", partial != nullptr ? *partial : JsonValue(1.0));
  StandardizeRopeParameters(state);
  JsonValue* type = parameters.Find("rope_type");
  if (type != nullptr && type->is_string() &&
      (type->as_string() == "su" || type->as_string() == "yarn")) {
    JsonValue longrope("longrope");
    longrope.set_offset(type->offset());
    *type = std::move(longrope);
  }
}

void CheckPhi3(LoadingState* state) {
  const JsonValue& parameters = state->rope_parameters;
  const std::string type = StringMember(parameters, "rope_type");
  if (type != "default" && type != "longrope") {
    const JsonValue* given = parameters.Find("rope_type");
    const std::string printed = PythonStr(given != nullptr ? *given : JsonValue());
    state->findings().AddMember(
        FindingId::kTypeNotInFamily, parameters, "rope_parameters", "rope_type",
        absl::StrCat("rope_type must be default or longrope (also written su or yarn) in this "
                     "family, not ",
                     printed),
        absl::StrCat("`rope_parameters`'s type field must be one of ['longrope'], got ", printed));
    return;
  }
  const std::optional<int64_t> head_dim = state->DerivedHeadDim();
  const JsonValue* partial = parameters.Find("partial_rotary_factor");
  const std::optional<double> factor = partial != nullptr ? PythonNumber(*partial) : 1.0;
  if (!head_dim.has_value() || !factor.has_value() || !(std::abs(*factor) < 1e6)) return;
  const int64_t wanted = static_cast<int64_t>(static_cast<double>(*head_dim) * *factor) / 2;
  for (const absl::string_view key : {"short_factor", "long_factor"}) {
    const JsonValue* list = parameters.Find(key);
    if (list == nullptr || !list->is_array()) continue;  // the checks of longrope report it
    const int64_t length = static_cast<int64_t>(list->as_array().size());
    if (length == wanted) continue;
    const std::string path = state->findings().PathOf(*list, key);
    if (state->findings().HasErrorAt(path)) continue;
    state->findings().Add(FindingId::kListLength, *list, path,
                          absl::StrCat("must have length ", wanted, ", not ", length),
                          absl::StrCat("`rope_parameters`'s ", key, " field must have length ",
                                       wanted, ", got ", length));
  }
}

void CheckPhimoe(LoadingState* state) {
  const JsonValue& parameters = state->rope_parameters;
  const std::string type = StringMember(parameters, "rope_type");
  if (type == "default") return;
  if (type != "longrope") {
    state->findings().AddMember(
        FindingId::kTypeNotInFamily, parameters, "rope_parameters", "rope_type",
        "rope_type must be default or longrope in this family: its cos and sin are scaled by "
        "short_mscale and long_mscale, which no other type has");
    return;
  }
  // transformers copies the parameter set's value over the attribute here.
  if (const JsonValue* original = parameters.Find("original_max_position_embeddings")) {
    state->SetAttribute("original_max_position_embeddings", JsonValue(*original));
  }
  for (const absl::string_view key : {"short_mscale", "long_mscale"}) {
    const JsonValue value = parameters.Find(key) != nullptr ? *parameters.Find(key) : JsonValue();
    if (IsPythonNumber(value)) continue;
    state->findings().AddMember(
        FindingId::kWrongKind, parameters, "rope_parameters", key,
        absl::StrCat(key, " must be a number: this family scales cos and sin by it"),
        absl::StrCat("`rope_parameters`'s ", key, " field must be a number, got ",
                     PythonStr(value)));
  }
}

}  // namespace rope
