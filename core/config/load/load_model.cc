#include "core/config/load/load_model.h"

#include <string>

#include "core/config/judge/layer_parameters.h"
#include "core/config/judge/model_shape.h"
#include "core/config/load/conversion.h"
#include "core/config/load/layer_types.h"
#include "core/json/json_reader.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

// From the fields to rope_parameters as loading leaves them.
void Load(LoadingState* state) {
  const Family& family = state->family();
  if (family.fill_layer_types != nullptr) family.fill_layer_types(state);
  if (state->rope_parameters.is_null() && !family.default_parameters.empty()) {
    state->rope_parameters = JsonLiteral(family.default_parameters);
  }
  if (family.partial_rotary_factor.has_value()) {
    state->SetDefaultKwarg("partial_rotary_factor", JsonValue(*family.partial_rotary_factor));
  }
  if (family.prepare != nullptr) family.prepare(state);
  (family.convert != nullptr ? family.convert : ConvertGeneral)(state);
  state->KwargsToAttributes();
  RenameLegacyLayerTypes(state);
  if (family.finish != nullptr) family.finish(state);
  CheckModelShape(state);
  CheckLayerTypes(state);
}

// Validation gives every set its rope_type.
void FillType(JsonValue* set) {
  if (!set->is_object()) return;
  const JsonValue* type = set->Find("type");
  set->SetDefault("rope_type", type != nullptr ? *type : JsonValue("default"));
}

}  // namespace

void LoadModel(const Family& family, const JsonValue& document, FindingSink* findings,
               ModelConfigReport* report) {
  LoadingState state(family, document, findings);
  Load(&state);
  for (const std::string& key : state.NestedKeys(state.rope_parameters)) {
    FillType(state.rope_parameters.Find(key));
  }
  if (state.NestedKeys(state.rope_parameters).empty() && IsTruthy(state.rope_parameters)) {
    FillType(&state.rope_parameters);
  }
  CheckRopeParameters(&state, report);
}

}  // namespace rope
