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
  JudgeRopeParameters(&config, report);
}

}  // namespace rope
