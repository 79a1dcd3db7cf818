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

// Of a type whose formula standardises the parameters once more before it computes.
bool IsScaled(const JsonValue& set) {
  const JsonValue* type = set.Find("rope_type");
  return type != nullptr && type->is_string() && type->as_string() != "default" &&
         FindRopeType(type->as_string()) != nullptr;
}

LayerTypeConfig Explained(ConfigObject* config, const JsonValue& set, const std::string& layer_type,
                          std::optional<RopeConfig> result) {
  LayerTypeConfig entry{layer_type, std::move(result), {}, {}};
  if (entry.config.has_value()) {
    entry.effective_values = ExplainParameters(config, set, *entry.config);
  }
  return entry;
}

void ReportNoSet(ConfigObject* config, const JsonValue& value, const std::string& path) {
  if (config->findings().HasErrorAt(path)) return;
  config->findings().Add(
      FindingId::kWrongKind, value, path,
      absl::StrCat("must be an object of rope parameters or null, not ", PythonTypeName(value)),
      absl::StrCat("'", PythonTypeName(value), "' object has no attribute 'get'"));
}

// The parameters of layer type `key`. Nothing where they are no set, which is a finding.
void JudgeLayerType(ConfigObject* config, const JsonValue& loaded, const JsonValue& built,
                    const std::string& key, ModelConfigReport* report) {
  if (built.is_null()) {
    report->layer_types.push_back({key, std::nullopt, {}, {}});
    return;
  }
  const std::string path =
      config->findings().PathOf(built, absl::StrCat(config->RopePath(), ".", key));
  if (built.is_object()) {
    std::optional<RopeConfig> result = JudgeParameters(config, loaded, built, path, key);
    report->layer_types.push_back(Explained(config, built, key, std::move(result)));
  } else {
    ReportNoSet(config, built, path);
  }
}

// Every layer type must have its parameters, be they null.
void CheckEveryLayerTypeHasParameters(ConfigObject* config) {
  const std::vector<absl::string_view> labels = config->Labels();
  for (const absl::string_view label : std::set<absl::string_view>(labels.begin(), labels.end())) {
    if (config->rope_parameters.Find(label) != nullptr) continue;
    config->findings().AddMember(FindingId::kNesting, config->rope_parameters, "rope_parameters",
                                 label,
                                 absl::StrCat("layers of type ", label,
                                              " have no parameters; give an object, or null for "
                                              "layers without rotary embedding"));
  }
}

// What stands beside the sets of the layer types is never read.
void WarnOfStrayMembers(ConfigObject* config, const std::vector<std::string>& keys) {
  if (!config->rope_parameters.is_object()) return;
  const std::set<std::string> known(keys.begin(), keys.end());
  for (const JsonMember& member : config->rope_parameters.as_object()) {
    if (known.contains(member.key) || member.value.offset() < 0) continue;
    config->findings().Add(FindingId::kParametersIgnored, member.value, member.key,
                           "is not read here: this family has one set of parameters for each of "
                           "its layer types");
  }
}

// A base at the top level that reached no set of parameters.
void WarnOfUnusedTheta(ConfigObject* config, const std::vector<std::string>& keys) {
  for (const char* name : {"rope_theta", "rotary_emb_base", "rope_local_base_freq",
                           "global_rope_theta", "local_rope_theta", "compress_rope_theta"}) {
    const JsonValue* given = config->document().Find(name);
    if (given == nullptr || given->is_null() || given->is_array()) continue;
    bool used = false;
    const auto uses = [&](const JsonValue& set) {
      const JsonValue* theta = set.Find("rope_theta");
      return theta != nullptr && theta->offset() == given->offset();
    };
    if (keys.empty()) used = uses(config->rope_parameters);
    for (const std::string& key : keys) used |= uses(*config->rope_parameters.Find(key));
    if (used) continue;
    config->findings().Add(FindingId::kThetaUnused, *given, name,
                           absl::StrCat("has no effect: the base comes from ", config->RopePath(),
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
// been standardised once more when their turn comes.
void JudgeLayerSets(ConfigObject* config, const JsonValue& loaded, const Keys& keys,
                    ModelConfigReport* report) {
  bool standardised = false;
  for (const std::string& key : InBuildOrder(config->family(), keys)) {
    const JsonValue& set = *loaded.Find(key);
    if (IsScaled(set) && !standardised) {
      StandardiseRopeParameters(config);
      standardised = true;
    }
    JudgeLayerType(config, set, *config->rope_parameters.Find(key), key, report);
  }
  CheckEveryLayerTypeHasParameters(config);
  WarnOfStrayMembers(config, keys);
}

// One set for all layers.
void JudgeOneSet(ConfigObject* config, const JsonValue& loaded, ModelConfigReport* report) {
  if (IsScaled(loaded)) StandardiseRopeParameters(config);
  std::optional<RopeConfig> result =
      JudgeParameters(config, loaded, config->rope_parameters, config->RopePath(), "");
  report->layer_types.push_back(Explained(config, config->rope_parameters, "", std::move(result)));
}

// Validated at load, never computed with.
void JudgeUnreadSet(ConfigObject* config, const JsonValue& set, const std::string& layer_type) {
  const JsonValue* type = set.Find("rope_type");
  const bool known =
      type != nullptr && type->is_string() && FindRopeType(type->as_string()) != nullptr;
  config->findings().Add(
      FindingId::kParametersIgnored, set, layer_type,
      "is validated but never read: this family has one set of parameters for all layers",
      type == nullptr || known ? "" : UnknownTypeWarning(*type));
  const std::string path =
      config->findings().PathOf(set, absl::StrCat(config->RopePath(), ".", layer_type));
  if (known) {
    JsonValue with_theta = set;
    with_theta.SetDefault("rope_theta", JsonValue(config->family().default_theta));
    JudgeParameters(config, set, with_theta, path, layer_type);
  } else if (!set.is_object() && !set.is_null()) {
    ReportNoSet(config, set, path);
  }
}

// Sets for layer types in a family that reads one set. If layer_types became an attribute only
// after the conversion, that one set stands beside them and is used.
void JudgeUnreadLayerSets(ConfigObject* config, const JsonValue& loaded, const Keys& keys,
                          ModelConfigReport* report) {
  if (loaded.Find("rope_type") == nullptr) {
    for (const std::string& key : keys) {
      JudgeLayerType(config, *loaded.Find(key), *loaded.Find(key), key, report);
    }
    config->findings().Add(FindingId::kNesting, config->rope_parameters, "rope_parameters",
                           absl::StrCat("model_type \"", config->family().model_type,
                                        "\" reads one set of parameters for all layers; these are "
                                        "nested by layer type"),
                           "KeyError: 'rope_type'");
    return;
  }
  for (const std::string& key : keys) JudgeUnreadSet(config, *loaded.Find(key), key);
  JsonValue outer = EmptyObject();
  outer.set_offset(loaded.offset());
  for (const JsonMember& member : loaded.as_object()) {
    const bool is_set =
        member.value.is_object() || std::find(keys.begin(), keys.end(), member.key) != keys.end();
    if (!is_set) outer.Set(member.key, member.value);
  }
  if (IsScaled(outer)) StandardiseRopeParameters(config);
  std::optional<RopeConfig> result = JudgeParameters(config, outer, outer, config->RopePath(), "");
  report->layer_types.push_back(Explained(config, outer, "", std::move(result)));
}

}  // namespace

void JudgeRopeParameters(ConfigObject* config, ModelConfigReport* report) {
  const JsonValue loaded = config->rope_parameters;
  report->loaded_rope_parameters_json = WriteJson(loaded);
  const Keys keys = config->NestedKeys(loaded);
  const bool per_layer = ReadsPerLayer(config->family(), !keys.empty());
  if (per_layer && !keys.empty()) {
    JudgeLayerSets(config, loaded, keys, report);
  } else if (per_layer) {
    // One set, or none: validated at load, then not found.
    if (loaded.is_object()) {
      JudgeParameters(config, loaded, loaded, config->RopePath(), "");
    }
    CheckEveryLayerTypeHasParameters(config);
    WarnOfStrayMembers(config, keys);
  } else if (!keys.empty()) {
    JudgeUnreadLayerSets(config, loaded, keys, report);
  } else if (loaded.is_object()) {
    JudgeOneSet(config, loaded, report);
  }
  WarnOfUnusedTheta(config, keys);
  report->rope_parameters_json = WriteJson(config->rope_parameters);
  AssignLayers(*config, report);
  if (config->family().validate != nullptr) config->family().validate(config);
}

}  // namespace rope
