#include "core/config/families/steps/nested/nested_sets.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/config/load/layer_type_names.h"
#include "core/config/load/standardize.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

void ReportNoList(LoadingState* state, const JsonValue& theta) {
  state->findings().Add(FindingId::kWrongKind, theta, "rope_theta",
                        absl::StrCat("rope_theta must be a list with one base per layer, not ",
                                     PythonTypeName(theta)),
                        absl::StrCat("'", PythonTypeName(theta), "' object is not iterable"));
}

}  // namespace

JsonValue DefaultSet(JsonValue theta) {
  JsonValue set = EmptyObject();
  set.Set("rope_type", JsonValue("default"));
  set.Set("rope_theta", std::move(theta));
  return set;
}

void PrepareUltrabert(LoadingState* state) {
  const JsonValue theta = state->TakeKwarg("rope_theta", JsonValue());
  if (!state->rope_parameters.is_null()) return;
  state->rope_parameters = EmptyObject();
  if (theta.is_null()) {
    state->rope_parameters.Set(kSlidingAttention, DefaultSet(JsonValue(10000.0)));
    state->rope_parameters.Set(kFullAttention, DefaultSet(JsonValue(2560000.0)));
    return;
  }
  if (!theta.is_array()) return ReportNoList(state, theta);
  const std::vector<absl::string_view> types = state->ParameterSetNames();
  for (size_t i = 0; i < types.size() && i < theta.as_array().size(); ++i) {
    state->rope_parameters.Set(types[i], DefaultSet(theta.as_array()[i]));
  }
}

void PrepareDory(LoadingState* state) {
  if (!state->rope_parameters.is_null()) return;
  JsonValue parameters = EmptyObject();
  for (const absl::string_view type : state->ParameterSetNames()) {
    if (type != kSlidingAttention && type != kFullAttention) {
      state->findings().AddPath(FindingId::kLayerTypes, "layer_types", -1,
                                absl::StrCat("this family has no base for layers of type ", type),
                                std::string(type));
      return;
    }
    parameters.SetDefault(type, DefaultSet(JsonValue(type == kFullAttention ? 1e7 : 1e4)));
  }
  state->rope_parameters = std::move(parameters);
}

void ConvertCohereCompass(LoadingState* state) {
  JsonValue& parameters = state->rope_parameters;
  if (parameters.is_null()) parameters = EmptyObject();
  if (!state->ParameterSetsIn(parameters).empty()) {
    parameters.Erase("rope_theta");
    parameters.Erase("rope_type");
  }
  StandardizeRopeParameters(state);
}

void ConvertZaya(LoadingState* state) {
  const JsonValue* type = state->rope_parameters.Find("rope_type");
  if (type != nullptr && !type->is_null()) state->rope_parameters.Erase("rope_type");
}

}  // namespace rope
