#include "core/config/families/steps/step3p5.h"

#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/config/families/layer_patterns.h"
#include "core/config/load/conversion.h"
#include "core/config/load/layer_type_names.h"
#include "core/config/load/layer_types.h"
#include "core/config/load/shortened.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

// Drops the entries of the extra prediction layers, if the list has them.
void DropExtraLayers(JsonValue* list, int64_t layers, int64_t extra) {
  if (extra <= 0 || !list->is_array()) return;
  JsonValue::Array& entries = list->as_array();
  if (static_cast<int64_t>(entries.size()) == layers + extra) {
    entries.resize(static_cast<size_t>(layers));
  }
}

// Entry `layer` of a list, or the value itself if it is not a list. Null, with a finding, if the
// list is too short.
JsonValue EntryOf(LoadingState* state, const JsonValue& value, absl::string_view name,
                  size_t layer) {
  if (!value.is_array()) return Shortened(value);
  if (layer < value.as_array().size()) return value.as_array()[layer];
  state->findings().Add(
      FindingId::kListLength, value, name,
      absl::StrCat(name, " must have one entry per layer; layer ", layer, " has none"));
  return JsonValue();
}

JsonValue SetOfLayer(LoadingState* state, size_t layer, const JsonValue& theta,
                     const JsonValue& factors) {
  JsonValue set = EmptyObject();
  set.Set("rope_type", JsonValue("default"));
  set.Set("rope_theta", EntryOf(state, theta, "rope_theta", layer));
  if (IsTruthy(factors)) {
    set.Set("partial_rotary_factor", EntryOf(state, factors, "partial_rotary_factors", layer));
  }
  return set;
}

bool HasSetForEach(const JsonValue& parameters, const std::set<std::string>& layer_types) {
  for (const std::string& type : layer_types) {
    const JsonValue* set = parameters.Find(type);
    if (set == nullptr || !set->is_object()) return false;
  }
  return true;
}

void MergeIntoFull(LoadingState* state, const JsonValue& scaling) {
  JsonValue* full = state->rope_parameters.Find(kFullAttention);
  if (full == nullptr || !IsTruthy(scaling) || !CheckRopeScalingIsObject(state, scaling)) return;
  for (const JsonMember& member : scaling.as_object()) full->Set(member.key, member.value);
}

}  // namespace

void FillStep3p5(LoadingState* state) {
  const int64_t layers = state->IntAttribute("num_hidden_layers").value_or(0);
  const JsonValue* extra = state->Kwarg("num_nextn_predict_layers");
  JsonValue layer_types = *state->Attribute("layer_types");
  DropExtraLayers(&layer_types, layers, extra != nullptr && extra->is_int() ? extra->as_int() : 0);
  state->SetAttribute("layer_types", std::move(layer_types));
  FillAllFull(state);
  // The number of heads differs from layer to layer. A per_layer_config, even an empty one, says
  // so: transformers then skips the check for an odd head_dim.
  state->SetDefaultKwarg("per_layer_config", EmptyObject());
}

void ConvertStep3p5(LoadingState* state) {
  const int64_t layers = state->IntAttribute("num_hidden_layers").value_or(0);
  const int64_t extra = state->IntField("num_nextn_predict_layers", 0);
  JsonValue theta = state->TakeKwarg("rope_theta", JsonValue(state->family().default_theta));
  JsonValue factors = state->TakeKwarg("partial_rotary_factors", JsonValue());
  const JsonValue scaling = state->TakeKwarg("rope_scaling", JsonValue());
  DropExtraLayers(&theta, layers, extra);
  DropExtraLayers(&factors, layers, extra);
  ConvertGeneral(state);
  RenameLegacyLayerTypes(state);

  const std::vector<absl::string_view> type_of = state->ParameterSetNames();  // by layer
  const std::set<std::string> layer_types(type_of.begin(), type_of.end());
  const JsonValue given = std::move(state->rope_parameters);
  state->rope_parameters = EmptyObject();
  state->rope_parameters.set_offset(given.offset());
  if (HasSetForEach(given, layer_types)) {
    for (const std::string& type : layer_types) state->rope_parameters.Set(type, *given.Find(type));
    return;
  }
  for (size_t layer = 0; layer < type_of.size(); ++layer) {
    if (state->rope_parameters.Find(type_of[layer]) != nullptr) continue;
    state->rope_parameters.Set(type_of[layer], SetOfLayer(state, layer, theta, factors));
  }
  MergeIntoFull(state, scaling);
}

}  // namespace rope
