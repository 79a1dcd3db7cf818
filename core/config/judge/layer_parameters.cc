#include "core/config/judge/layer_parameters.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/config/judge/layer_use.h"
#include "core/config/judge/provenance.h"
#include "core/config/judge/rules/type_rules.h"
#include "core/config/judge/set_checks.h"
#include "core/config/load/standardize.h"
#include "core/json/python_value.h"
#include "core/rope_types/rope_types.h"

namespace rope {
namespace {

using Keys = std::vector<std::string>;

// Of a type whose formula standardizes the parameters once more before it computes.
bool IsScaled(const JsonValue& set) {
  const JsonValue* type = set.Find("rope_type");
  return type != nullptr && type->is_string() && type->as_string() != "default" &&
         FindRopeType(type->as_string()) != nullptr;
}

LayerTypeConfig Explained(LoadingState* state, const JsonValue& set, const std::string& path,
                          const std::string& layer_type, std::optional<RopeConfig> result) {
  LayerTypeConfig entry{layer_type, std::move(result), {}, {}, path};
  if (entry.config.has_value()) {
    entry.effective_values = ExplainParameters(state, set, *entry.config);
  }
  return entry;
}

void ReportNoSet(LoadingState* state, const JsonValue& value, const std::string& path) {
  if (state->findings().HasErrorAt(path)) return;
  state->findings().Add(
      FindingId::kWrongKind, value, path,
      absl::StrCat("must be an object of rope parameters or null, not ", PythonTypeName(value)),
      absl::StrCat("'", PythonTypeName(value), "' object has no attribute 'get'"));
}

// The parameters of layer type `key`. Nothing where they are no set, which is a finding.
void CheckLayerType(LoadingState* state, const JsonValue& loaded, const JsonValue& built,
                    const std::string& key, ModelConfigReport* report) {
  const std::string path =
      state->findings().PathOf(built, absl::StrCat(state->RopePath(), ".", key));
  if (built.is_null()) {
    report->layer_types.push_back({key, std::nullopt, {}, {}, path});
  } else if (built.is_object()) {
    std::optional<RopeConfig> result = CheckParameterSet(state, loaded, built, path, key);
    report->layer_types.push_back(Explained(state, built, path, key, std::move(result)));
  } else {
    ReportNoSet(state, built, path);
  }
}

// Every layer type must have its parameters, be they null.
void CheckEveryLayerTypeHasParameters(LoadingState* state) {
  const std::vector<absl::string_view> labels = state->Labels();
  for (const absl::string_view label : std::set<absl::string_view>(labels.begin(), labels.end())) {
    if (state->rope_parameters.Find(label) != nullptr) continue;
    state->findings().AddMember(FindingId::kNesting, state->rope_parameters, "rope_parameters",
                                label,
                                absl::StrCat("layers of type ", label,
                                             " have no parameters; give an object, or null for "
                                             "layers without rotary embedding"));
  }
}

// What stands beside the sets of the layer types is never read.
void WarnOfStrayMembers(LoadingState* state, const std::vector<std::string>& keys) {
  if (!state->rope_parameters.is_object()) return;
  const std::set<std::string> known(keys.begin(), keys.end());
  for (const JsonMember& member : state->rope_parameters.as_object()) {
    if (known.contains(member.key) || member.value.offset() < 0) continue;
    state->findings().Add(FindingId::kParametersIgnored, member.value, member.key,
                          "is not read here: this family has one set of parameters for each of "
                          "its layer types");
  }
}

// A base at the top level that reached no set of parameters.
void WarnOfUnusedTheta(LoadingState* state, const std::vector<std::string>& keys) {
  for (const char* name : {"rope_theta", "rotary_emb_base", "rope_local_base_freq",
                           "global_rope_theta", "local_rope_theta", "compress_rope_theta"}) {
    const JsonValue* given = state->document().Find(name);
    if (given == nullptr || given->is_null() || given->is_array()) continue;
    bool used = false;
    const auto uses = [&](const JsonValue& set) {
      const JsonValue* theta = set.Find("rope_theta");
      return theta != nullptr && theta->offset() == given->offset();
    };
    if (keys.empty()) used = uses(state->rope_parameters);
    for (const std::string& key : keys) used |= uses(*state->rope_parameters.Find(key));
    if (used) continue;
    state->findings().Add(FindingId::kThetaUnused, *given, name,
                          absl::StrCat("has no effect: the base comes from ", state->RopePath(),
                                       " or a default of the family"));
  }
}

bool ReadsPerLayer(const Family& family, bool nested) {
  switch (family.nesting) {
    case Nesting::kFlat:
      return false;
    case Nesting::kPerLayer:
    case Nesting::kPerLabel:
      return true;
    case Nesting::kFlatOrNested:
      return nested;
  }
  return false;
}

// The order in which the module builds its layer types.
Keys InBuildOrder(const Family& family, Keys keys) {
  if (family.nesting != Nesting::kPerLabel) std::sort(keys.begin(), keys.end());
  return keys;
}

// One set per layer type. Sets of type default that are built before the first scaled one have not
// been standardized once more when their turn comes.
void CheckLayerSets(LoadingState* state, const JsonValue& loaded, const Keys& keys,
                    ModelConfigReport* report) {
  bool standardized = false;
  for (const std::string& key : InBuildOrder(state->family(), keys)) {
    const JsonValue& set = *loaded.Find(key);
    if (IsScaled(set) && !standardized) {
      StandardizeRopeParameters(state);
      standardized = true;
    }
    CheckLayerType(state, set, *state->rope_parameters.Find(key), key, report);
  }
  CheckEveryLayerTypeHasParameters(state);
  WarnOfStrayMembers(state, keys);
}

// One set for all layers.
void CheckOneSet(LoadingState* state, const JsonValue& loaded, ModelConfigReport* report) {
  if (IsScaled(loaded)) StandardizeRopeParameters(state);
  const std::string path = state->RopePath();
  std::optional<RopeConfig> result =
      CheckParameterSet(state, loaded, state->rope_parameters, path, "");
  report->layer_types.push_back(
      Explained(state, state->rope_parameters, path, "", std::move(result)));
}

// Validated at load, never computed with.
void CheckUnreadSet(LoadingState* state, const JsonValue& set, const std::string& layer_type) {
  const JsonValue* type = set.Find("rope_type");
  const bool known =
      type != nullptr && type->is_string() && FindRopeType(type->as_string()) != nullptr;
  state->findings().Add(
      FindingId::kParametersIgnored, set, layer_type,
      "is validated but never read: this family has one set of parameters for all layers",
      type == nullptr || known ? "" : UnknownTypeWarning(*type));
  const std::string path =
      state->findings().PathOf(set, absl::StrCat(state->RopePath(), ".", layer_type));
  if (known) {
    JsonValue with_theta = set;
    with_theta.SetDefault("rope_theta", JsonValue(state->family().default_theta));
    CheckParameterSet(state, set, with_theta, path, layer_type);
  } else if (!set.is_object() && !set.is_null()) {
    ReportNoSet(state, set, path);
  }
}

// Sets for layer types in a family that reads one set. If layer_types became an attribute only
// after the conversion, that one set stands beside them and is used.
void CheckUnreadLayerSets(LoadingState* state, const JsonValue& loaded, const Keys& keys,
                          ModelConfigReport* report) {
  if (loaded.Find("rope_type") == nullptr) {
    for (const std::string& key : keys) {
      CheckLayerType(state, *loaded.Find(key), *loaded.Find(key), key, report);
    }
    state->findings().Add(FindingId::kNesting, state->rope_parameters, "rope_parameters",
                          absl::StrCat("model_type \"", state->family().model_type,
                                       "\" reads one set of parameters for all layers; these are "
                                       "nested by layer type"),
                          "KeyError: 'rope_type'");
    return;
  }
  for (const std::string& key : keys) CheckUnreadSet(state, *loaded.Find(key), key);
  JsonValue outer = EmptyObject();
  outer.set_offset(loaded.offset());
  for (const JsonMember& member : loaded.as_object()) {
    const bool is_set =
        member.value.is_object() || std::find(keys.begin(), keys.end(), member.key) != keys.end();
    if (!is_set) outer.Set(member.key, member.value);
  }
  if (IsScaled(outer)) StandardizeRopeParameters(state);
  std::optional<RopeConfig> result = CheckParameterSet(state, outer, outer, state->RopePath(), "");
  report->layer_types.push_back(Explained(state, outer, state->RopePath(), "", std::move(result)));
}

}  // namespace

void CheckRopeParameters(LoadingState* state, ModelConfigReport* report) {
  const JsonValue loaded = state->rope_parameters;
  report->loaded_rope_parameters_json = WriteJson(loaded);
  const Keys keys = state->NestedKeys(loaded);
  const bool per_layer = ReadsPerLayer(state->family(), !keys.empty());
  if (per_layer && !keys.empty()) {
    CheckLayerSets(state, loaded, keys, report);
  } else if (per_layer) {
    // One set, or none: validated at load, then not found.
    if (loaded.is_object()) {
      CheckParameterSet(state, loaded, loaded, state->RopePath(), "");
    }
    CheckEveryLayerTypeHasParameters(state);
    WarnOfStrayMembers(state, keys);
  } else if (!keys.empty()) {
    CheckUnreadLayerSets(state, loaded, keys, report);
  } else if (loaded.is_object()) {
    CheckOneSet(state, loaded, report);
  }
  WarnOfUnusedTheta(state, keys);
  report->rope_parameters_json = WriteJson(state->rope_parameters);
  AssignLayers(*state, report);
  if (state->family().validate != nullptr) state->family().validate(state);
}

}  // namespace rope
