#include "core/config/loader.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/config/conversion.h"
#include "core/config/json_reader.h"
#include "core/config/layer_types.h"
#include "core/config/model_shape.h"
#include "core/config/python_value.h"
#include "core/config/standardise.h"
#include "core/config/type_rules.h"
#include "core/rope_types/rope_types.h"

namespace rope {
namespace {

// From the fields to rope_parameters as loading leaves them.
void Load(ConfigObject* config) {
  const Family& family = config->family();
  if (family.fill_layer_types != nullptr) family.fill_layer_types(config);
  if (config->rope_parameters.is_null() && !family.default_parameters.empty()) {
    config->rope_parameters = JsonLiteral(family.default_parameters);
  }
  if (family.partial_rotary_factor.has_value()) {
    config->SetDefaultKwarg("partial_rotary_factor", JsonValue(*family.partial_rotary_factor));
  }
  if (family.prepare != nullptr) family.prepare(config);
  (family.convert != nullptr ? family.convert : ConvertGeneral)(config);
  config->KwargsToAttributes();
  RenameLegacyLayerTypes(config);
  if (family.finish != nullptr) family.finish(config);
  CheckModelShape(config);
  CheckLayerTypes(config);
}

// Validation gives every set its rope_type.
void FillType(JsonValue* set) {
  if (!set->is_object()) return;
  const JsonValue* type = set->Find("type");
  set->SetDefault("rope_type", type != nullptr ? *type : JsonValue("default"));
}

// Whether building a module standardises once more: the formulas of the scaled types do.
bool BuildsScaledType(const JsonValue& parameters, const std::vector<std::string>& keys) {
  const auto scaled = [](const JsonValue* set) {
    const JsonValue* type = set->Find("rope_type");
    return type != nullptr && type->is_string() && type->as_string() != "default" &&
           FindRopeType(type->as_string()) != nullptr;
  };
  if (keys.empty()) return scaled(&parameters);
  return std::any_of(keys.begin(), keys.end(),
                     [&](const std::string& key) { return scaled(parameters.Find(key)); });
}

std::string PathOfSet(ConfigObject* config, const JsonValue& set, const std::string& key) {
  return config->findings().PathOf(set, absl::StrCat(config->RopePath(), ".", key));
}

// The parameters of layer type `key`. Nothing where they are no set, which is a finding.
void JudgeLayerType(ConfigObject* config, const JsonValue& loaded, const std::string& key,
                    ModelConfigReport* report) {
  const JsonValue& built = *config->rope_parameters.Find(key);
  if (built.is_null()) {
    report->layer_types.push_back({key, std::nullopt});
    return;
  }
  const std::string path = PathOfSet(config, built, key);
  if (built.is_object()) {
    report->layer_types.push_back({key, JudgeParameters(config, loaded, built, path, key)});
  } else if (!config->findings().HasErrorAt(path)) {
    config->findings().Add(
        FindingId::kWrongKind, built, path,
        absl::StrCat("must be an object of rope parameters or null, not ", PythonTypeName(built)),
        absl::StrCat("'", PythonTypeName(built), "' object has no attribute 'get'"));
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
    if (known.count(member.key) != 0 || member.value.offset() < 0) continue;
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

void JudgeLoaded(ConfigObject* config, ModelConfigReport* report) {
  const std::vector<std::string> keys = config->NestedKeys(config->rope_parameters);
  const JsonValue loaded = config->rope_parameters;
  report->loaded_rope_parameters_json = WriteJson(loaded);
  const bool per_layer = ReadsPerLayer(config->family(), !keys.empty());
  const bool finds_its_sets = per_layer == !keys.empty();
  if (finds_its_sets && BuildsScaledType(loaded, keys)) StandardiseRopeParameters(config);
  report->rope_parameters_json = WriteJson(config->rope_parameters);

  for (const std::string& key : keys) JudgeLayerType(config, *loaded.Find(key), key, report);
  if (keys.empty() && config->rope_parameters.is_object()) {
    // Also where one set for each layer type is read: this one is validated, then not found.
    std::optional<RopeConfig> result =
        JudgeParameters(config, loaded, config->rope_parameters, config->RopePath(), "");
    if (finds_its_sets) report->layer_types.push_back({"", std::move(result)});
  }
  WarnOfUnusedTheta(config, keys);
  if (per_layer) {
    CheckEveryLayerTypeHasParameters(config);
    WarnOfStrayMembers(config, keys);
  } else if (!keys.empty()) {
    config->findings().Add(FindingId::kNesting, config->rope_parameters, "rope_parameters",
                           absl::StrCat("model_type \"", config->family().model_type,
                                        "\" reads one set of parameters for all layers; these are "
                                        "nested by layer type"),
                           "KeyError: 'rope_type'");
  }
  if (config->family().validate != nullptr) config->family().validate(config);
}

}  // namespace

void LoadModel(const Family& family, const JsonValue& document, FindingSink* findings,
               ModelConfigReport* report) {
  ConfigObject config(family, document, findings);
  Load(&config);
  for (const std::string& key : config.NestedKeys(config.rope_parameters)) {
    FillType(config.rope_parameters.Find(key));
  }
  if (config.NestedKeys(config.rope_parameters).empty() && IsTruthy(config.rope_parameters)) {
    FillType(&config.rope_parameters);
  }
  JudgeLoaded(&config, report);
}

}  // namespace rope
