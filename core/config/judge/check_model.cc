#include "core/config/judge/check_model.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "core/config/judge/layer_parameters.h"
#include "core/config/judge/model_shape.h"
#include "core/json/python_value.h"
#include "core/rope_types/attention/attention_scaling.h"

namespace rope {
namespace {

// Checks that a list has one entry per layer, each of them a name of `known`.
void CheckList(LoadingState* state, absl::string_view name,
               absl::Span<const absl::string_view> known) {
  const JsonValue* list = state->Attribute(name);
  if (list == nullptr || list->is_null()) return;
  FindingSink& findings = state->findings();
  if (!list->is_array()) {
    findings.Add(FindingId::kLayerTypes, *list, name,
                 absl::StrCat(name, " must be a list, not ", PythonTypeName(*list)));
    return;
  }
  for (const JsonValue& element : list->as_array()) {
    const bool is_known = element.is_string() &&
                          std::find(known.begin(), known.end(), element.as_string()) != known.end();
    if (is_known) continue;
    findings.Add(FindingId::kLayerTypes, element, name,
                 absl::StrCat("unknown entry ", PythonRepr(element), "; known are ",
                              absl::StrJoin(known, ", ")));
    return;
  }
  const std::optional<int64_t> layers = state->IntAttribute("num_hidden_layers");
  const int64_t length = static_cast<int64_t>(list->as_array().size());
  if (!layers.has_value() || *layers == length) return;
  findings.Add(
      FindingId::kLayerTypes, *list, name,
      absl::StrCat(name, " must have length ", *layers, ", one entry per layer, not ", length),
      absl::StrCat("`num_hidden_layers` (", *layers, ") must be equal to the number of `", name,
                   "` (", length, ")"));
}

// As in transformers, neither list is checked if layer_types is null or the class has no field
// num_hidden_layers.
void CheckLayerTypes(LoadingState* state) {
  const JsonValue* layer_types = state->Attribute("layer_types");
  if (layer_types == nullptr || layer_types->is_null()) return;
  if (state->Attribute("num_hidden_layers") == nullptr) return;
  CheckList(state, "layer_types", state->family().known_layer_types);
  CheckList(state, "mlp_layer_types", state->family().known_mlp_layer_types);
}

void FillRopeType(JsonValue* set) {
  if (!set->is_object()) return;
  const JsonValue* type = set->Find("type");
  set->SetDefault("rope_type", type != nullptr ? *type : JsonValue("default"));
}

// Gives every parameter set its rope_type, as the validation in transformers does before it checks
// the parameter set.
void FillRopeTypes(LoadingState* state) {
  JsonValue& parameters = state->rope_parameters;
  const std::vector<std::string> names = state->ParameterSetsIn(parameters);
  // `names` are in the order of the members, so one pass finds them all.
  auto next = names.begin();
  if (!names.empty()) {
    for (JsonMember& member : parameters.as_object()) {
      if (next == names.end() || member.key != *next) continue;
      FillRopeType(&member.value);
      ++next;
    }
  }
  if (names.empty() && IsTruthy(parameters)) FillRopeType(&parameters);
}

// The attention of transformers reads rope_parameters itself, so a model with one parameter set for
// each layer type has no mscale there.
double SoftmaxScaleOf(const LoadingState& state) {
  const JsonValue& parameters = state.rope_parameters;
  if (!state.family().mscale_in_softmax || !parameters.is_object()) return 1.0;
  const JsonValue* type = parameters.Find("rope_type");
  const JsonValue* mscale = parameters.Find("mscale_all_dim");
  const JsonValue* factor = parameters.Find("factor");
  if (type == nullptr || (type->is_string() && type->as_string() == "default")) return 1.0;
  if (mscale == nullptr || !IsTruthy(*mscale) || factor == nullptr) return 1.0;
  return SoftmaxScaleFactor(PythonNumber(*factor).value_or(1.0),
                            PythonNumber(*mscale).value_or(0.0));
}

}  // namespace

void CheckModel(LoadingState* state, ModelConfigReport* report) {
  const Family& family = state->family();
  if (!family.not_computed.empty()) {
    const JsonValue* given = state->document().Find("model_type");
    state->findings().Add(
        FindingId::kTypeNotComputed, given != nullptr ? *given : JsonValue(), "model_type",
        absl::StrCat(
            "is \"", family.model_type,
            "\", whose rotary embedding this service does not compute: ", family.not_computed));
    return;
  }
  CheckModelShape(state);
  CheckLayerTypes(state);
  FillRopeTypes(state);
  CheckRopeParameters(state, report);
  report->attention.softmax_scale_factor = SoftmaxScaleOf(*state);
  if (family.scale_queries != nullptr) report->attention.queries = family.scale_queries(*state);
}

}  // namespace rope
