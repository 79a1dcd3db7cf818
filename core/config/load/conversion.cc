#include "core/config/load/conversion.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/config/load/standardize.h"
#include "core/json/json_reader.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

constexpr absl::string_view kFull = "full_attention";
constexpr absl::string_view kSliding = "sliding_attention";

// rope_scaling replaces rope_parameters where it says anything.
void AdoptRopeScaling(ConfigObject* config) {
  JsonValue scaling = config->TakeKwarg("rope_scaling", JsonValue());
  if (IsTruthy(scaling)) {
    if (!scaling.is_object()) {
      config->findings().Add(
          FindingId::kFieldType, scaling, "rope_scaling",
          absl::StrCat("rope_scaling must be an object or null, not ", PythonTypeName(scaling)));
    } else {
      if (IsTruthy(config->rope_parameters) && config->rope_parameters.offset() >= 0) {
        config->findings().Add(
            FindingId::kTwoSpellings, config->rope_parameters, "rope_parameters",
            "rope_scaling is given as well and replaces rope_parameters; keep one of them");
        config->findings().FixByValue(config->rope_parameters, JsonValue());
      }
      config->rope_parameters = std::move(scaling);
    }
  }
  if (config->rope_parameters.is_null()) config->rope_parameters = EmptyObject();
}

JsonValue TakeTheta(ConfigObject* config, absl::string_view name, double default_theta) {
  return config->TakeKwarg(name, JsonValue(default_theta));
}

// The set of one layer type in a family that has both; filled in where it is absent or null.
JsonValue* LayerSet(ConfigObject* config, absl::string_view layer_type) {
  JsonValue* set = config->rope_parameters.Find(layer_type);
  if (set == nullptr || set->is_null()) {
    config->rope_parameters.Set(layer_type, JsonLiteral(R"({"rope_type":"default"})"));
    set = config->rope_parameters.Find(layer_type);
  }
  if (set->is_object()) return set;
  const std::string path = absl::StrCat(config->RopePath(), ".", layer_type);
  config->findings().Add(
      FindingId::kWrongKind, *set, path,
      absl::StrCat("must be an object of rope parameters, not ", PythonTypeName(*set)),
      absl::StrCat("'", PythonTypeName(*set), "' object has no attribute 'setdefault'"));
  *set = JsonLiteral(R"({"rope_type":"default"})");
  return set;
}

// rope_scaling is merged into the given layer types' sets, which must be there already.
void MergeRopeScaling(ConfigObject* config, const std::vector<absl::string_view>& layer_types) {
  const JsonValue scaling = config->TakeKwarg("rope_scaling", JsonValue());
  if (scaling.is_null()) return;
  if (!scaling.is_object()) {
    config->findings().Add(
        FindingId::kFieldType, scaling, "rope_scaling",
        absl::StrCat("rope_scaling must be an object or null, not ", PythonTypeName(scaling)));
    return;
  }
  for (const absl::string_view layer_type : layer_types) {
    JsonValue* set = config->rope_parameters.Find(layer_type);
    if (set == nullptr || !set->is_object()) {
      config->findings().Add(
          FindingId::kNesting, scaling, "rope_scaling",
          absl::StrCat("rope_scaling is merged into rope_parameters.", layer_type,
                       ", which is not there; give the scaling inside rope_parameters"));
      continue;
    }
    for (const JsonMember& member : scaling.as_object()) set->Set(member.key, member.value);
  }
}

struct LayerTheta {
  absl::string_view layer_type;
  absl::string_view name;  // of the member of the document that holds its base
  double default_theta;
};

void ConvertByLayerType(ConfigObject* config, const std::vector<absl::string_view>& scaled,
                        const std::vector<LayerTheta>& thetas) {
  if (config->rope_parameters.is_null()) {
    config->rope_parameters = JsonLiteral(
        R"({"sliding_attention":{"rope_type":"default"},"full_attention":{"rope_type":"default"}})");
  }
  MergeRopeScaling(config, scaled);
  for (const LayerTheta& theta : thetas) {
    JsonValue* set = LayerSet(config, theta.layer_type);
    set->SetDefault("rope_theta", TakeTheta(config, theta.name, theta.default_theta));
  }
  StandardiseRopeParameters(config);
}

void ConvertNeoX(ConfigObject* config, double default_rotary_pct) {
  AdoptRopeScaling(config);
  JsonValue& parameters = config->rope_parameters;
  parameters.SetDefault("rope_theta", TakeTheta(config, "rotary_emb_base", 10000.0));
  parameters.SetDefault("partial_rotary_factor",
                        config->TakeKwarg("rotary_pct", JsonValue(default_rotary_pct)));
  StandardiseRopeParameters(config);
}

// The sets that the defaults belong into: the nested ones, or the one flat set.
std::vector<JsonValue*> Sets(ConfigObject* config) {
  std::vector<JsonValue*> sets;
  for (const std::string& key : config->NestedKeys(config->rope_parameters)) {
    JsonValue* set = config->rope_parameters.Find(key);
    if (set->is_object()) sets.push_back(set);  // standardisation reports what is neither
  }
  const bool nested = !config->NestedKeys(config->rope_parameters).empty();
  if (!nested) sets.push_back(&config->rope_parameters);
  return sets;
}

}  // namespace

void ConvertGeneral(ConfigObject* config) {
  AdoptRopeScaling(config);
  const JsonValue* own_theta = config->Attribute("rope_theta");
  const JsonValue theta = config->TakeKwarg(
      "rope_theta", own_theta != nullptr ? *own_theta : JsonValue(config->family().default_theta));
  const JsonValue* own_partial = config->Attribute("partial_rotary_factor");
  const JsonValue partial = config->TakeKwarg("partial_rotary_factor",
                                              own_partial != nullptr ? *own_partial : JsonValue());
  for (JsonValue* set : Sets(config)) {
    set->SetDefault("rope_theta", theta);
    if (!partial.is_null()) set->SetDefault("partial_rotary_factor", partial);
  }
  StandardiseRopeParameters(config);
}

void ConvertGemma3(ConfigObject* config) {
  ConvertByLayerType(config, {kFull},
                     {{kFull, "rope_theta", 1e6}, {kSliding, "rope_local_base_freq", 1e4}});
}

void ConvertOlmo3(ConfigObject* config) {
  // The same name twice: whoever comes first takes it.
  const JsonValue* theta = config->Kwarg("rope_theta");
  const JsonValue* sliding = config->rope_parameters.Find(kSliding);
  if (theta != nullptr && (sliding == nullptr || sliding->Find("rope_theta") == nullptr)) {
    config->findings().Add(FindingId::kThetaUnused, *theta, "rope_theta",
                           "reaches full_attention only; sliding_attention gets the default of "
                           "this family, 500000.0. Give rope_parameters for both");
  }
  ConvertByLayerType(config, {kFull}, {{kFull, "rope_theta", 5e5}, {kSliding, "rope_theta", 5e5}});
}

void ConvertModernBert(ConfigObject* config) {
  ConvertByLayerType(config, {kFull, kSliding},
                     {{kFull, "global_rope_theta", 16e4}, {kSliding, "local_rope_theta", 1e4}});
}

void ConvertGptNeoX(ConfigObject* config) { ConvertNeoX(config, 0.25); }

void ConvertGptNeoXJapanese(ConfigObject* config) { ConvertNeoX(config, 1.0); }

void ConvertPhi3(ConfigObject* config) {
  AdoptRopeScaling(config);
  JsonValue& parameters = config->rope_parameters;
  parameters.SetDefault("rope_theta", TakeTheta(config, "rope_theta", 10000.0));
  const JsonValue* partial = config->Kwarg("partial_rotary_factor");
  parameters.SetDefault("partial_rotary_factor", partial != nullptr ? *partial : JsonValue(1.0));
  StandardiseRopeParameters(config);
  JsonValue* type = parameters.Find("rope_type");
  if (type != nullptr && type->is_string() &&
      (type->as_string() == "su" || type->as_string() == "yarn")) {
    JsonValue longrope("longrope");
    longrope.set_offset(type->offset());
    *type = std::move(longrope);
  }
}

void ConvertQwen2Vl(ConfigObject* config) {
  AdoptRopeScaling(config);
  JsonValue& parameters = config->rope_parameters;
  parameters.SetDefault("rope_theta",
                        TakeTheta(config, "rope_theta", config->family().default_theta));
  const JsonValue* type = parameters.Find("rope_type");
  if (type == nullptr) type = parameters.Find("type");
  if (type != nullptr && type->is_string() && type->as_string() == "mrope") {
    parameters.Set("rope_type", JsonValue("default"));
  }
  StandardiseRopeParameters(config);
}

void ConvertMiniMaxM2(ConfigObject* config) {
  const JsonValue* rotary_dim = config->Kwarg("rotary_dim");
  if (rotary_dim != nullptr && !rotary_dim->is_null()) {
    const std::optional<double> channels = PythonNumber(*rotary_dim);
    const std::optional<int64_t> head_dim = config->IntAttribute("head_dim");
    if (!channels.has_value() || rotary_dim->is_bool()) {
      config->findings().Add(
          FindingId::kWrongKind, *rotary_dim, "rotary_dim",
          absl::StrCat("rotary_dim must be a number, not ", PythonTypeName(*rotary_dim)));
    } else if (head_dim.value_or(0) == 0) {
      config->findings().AddPath(FindingId::kHeadDim, "head_dim", -1,
                                 "head_dim must be an integer >= 1: rotary_dim is divided by it");
    } else {
      JsonValue partial(*channels / static_cast<double>(*head_dim));
      partial.set_offset(rotary_dim->offset());
      config->SetDefaultKwarg("partial_rotary_factor", std::move(partial));
    }
  }
  ConvertGeneral(config);
}

void ConvertNothing(ConfigObject*) {}

}  // namespace rope
