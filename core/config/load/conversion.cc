#include "core/config/load/conversion.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/config/load/shortened.h"
#include "core/config/load/standardize.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

// The parameter sets that are nested in rope_parameters; rope_parameters itself if none is. Skips a
// nested value that is not an object: the standardization reports it.
std::vector<JsonValue*> ParameterSets(LoadingState* state) {
  const std::vector<std::string> names = state->ParameterSetsIn(state->rope_parameters);
  if (names.empty()) return {&state->rope_parameters};
  std::vector<JsonValue*> sets;
  for (const std::string& name : names) {
    JsonValue* set = state->rope_parameters.Find(name);
    if (set->is_object()) sets.push_back(set);
  }
  return sets;
}

}  // namespace

void ConvertGeneral(LoadingState* state) {
  AdoptRopeScaling(state);
  // A step of the family may have made the two attributes: then they are the defaults.
  const JsonValue* attribute = state->Attribute("rope_theta");
  const JsonValue theta = Shortened(state->TakeKwarg(
      "rope_theta", attribute != nullptr ? *attribute : JsonValue(state->family().default_theta)));
  const JsonValue partial = Shortened(
      state->TakeKwarg("partial_rotary_factor", state->AttributeOrNull("partial_rotary_factor")));
  for (JsonValue* set : ParameterSets(state)) {
    set->SetDefault("rope_theta", theta);
    if (!partial.is_null()) set->SetDefault("partial_rotary_factor", partial);
  }
  StandardizeRopeParameters(state);
}

void ConvertNothing(LoadingState*) {}

void AdoptRopeScaling(LoadingState* state) {
  JsonValue scaling = state->TakeKwarg("rope_scaling", JsonValue());
  if (IsTruthy(scaling) && CheckRopeScalingIsObject(state, scaling)) {
    state->rope_parameters = std::move(scaling);
  }
  if (state->rope_parameters.is_null()) state->rope_parameters = EmptyObject();
}

bool CheckRopeScalingIsObject(LoadingState* state, const JsonValue& scaling) {
  if (scaling.is_object()) return true;
  state->findings().Add(
      FindingId::kFieldType, scaling, "rope_scaling",
      absl::StrCat("rope_scaling must be an object or null, not ", PythonTypeName(scaling)));
  return false;
}

}  // namespace rope
