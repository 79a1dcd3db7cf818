#include "core/config/judge/check_model.h"

#include <string>

#include "core/config/judge/layer_parameters.h"
#include "core/config/judge/layer_type_checks.h"
#include "core/config/judge/model_shape.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

void FillRopeType(JsonValue* set) {
  if (!set->is_object()) return;
  const JsonValue* type = set->Find("type");
  set->SetDefault("rope_type", type != nullptr ? *type : JsonValue("default"));
}

// transformers' validation gives every parameter set its rope_type before it looks at it.
void FillRopeTypes(LoadingState* state) {
  JsonValue& parameters = state->rope_parameters;
  const std::vector<std::string> names = state->ParameterSetsIn(parameters);
  for (const std::string& name : names) FillRopeType(parameters.Find(name));
  if (names.empty() && IsTruthy(parameters)) FillRopeType(&parameters);
}

}  // namespace

void CheckModel(LoadingState* state, ModelConfigReport* report) {
  CheckModelShape(state);
  CheckLayerTypes(state);
  FillRopeTypes(state);
  CheckRopeParameters(state, report);
}

}  // namespace rope
