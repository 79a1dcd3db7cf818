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
void AdoptRopeScaling(LoadingState* state) {
  JsonValue scaling = state->TakeKwarg("rope_scaling", JsonValue());
  if (IsTruthy(scaling)) {
    if (!scaling.is_object()) {
      state->findings().Add(
          FindingId::kFieldType, scaling, "rope_scaling",
          absl::StrCat("rope_scaling must be an object or null, not ", PythonTypeName(scaling)));
    } else {
      if (IsTruthy(state->rope_parameters) && state->rope_parameters.offset() >= 0) {
        state->findings().Add(
            FindingId::kTwoSpellings, state->rope_parameters, "rope_parameters",
            "rope_scaling is given as well and replaces rope_parameters; keep one of them");
        state->findings().FixByValue(state->rope_parameters, JsonValue());
      }
      state->rope_parameters = std::move(scaling);
    }
  }
  if (state->rope_parameters.is_null()) state->rope_parameters = EmptyObject();
}

JsonValue TakeTheta(LoadingState* state, absl::string_view name, double default_theta) {
  return state->TakeKwarg(name, JsonValue(default_theta));
}

// The set of one layer type in a family that has both; filled in where it is absent or null.
JsonValue* LayerSet(LoadingState* state, absl::string_view layer_type) {
  JsonValue* set = state->rope_parameters.Find(layer_type);
  if (set == nullptr || set->is_null()) {
    state->rope_parameters.Set(layer_type, JsonLiteral(R"({"rope_type":"default"})"));
    set = state->rope_parameters.Find(layer_type);
  }
  if (set->is_object()) return set;
  const std::string path = absl::StrCat(state->RopePath(), ".", layer_type);
  state->findings().Add(
      FindingId::kWrongKind, *set, path,
      absl::StrCat("must be an object of rope parameters, not ", PythonTypeName(*set)),
      absl::StrCat("'", PythonTypeName(*set), "' object has no attribute 'setdefault'"));
  *set = JsonLiteral(R"({"rope_type":"default"})");
  return set;
}

// rope_scaling is merged into the given layer types' sets, which must be there already.
void MergeRopeScaling(LoadingState* state, const std::vector<absl::string_view>& layer_types) {
  const JsonValue scaling = state->TakeKwarg("rope_scaling", JsonValue());
  if (scaling.is_null()) return;
  if (!scaling.is_object()) {
    state->findings().Add(
        FindingId::kFieldType, scaling, "rope_scaling",
        absl::StrCat("rope_scaling must be an object or null, not ", PythonTypeName(scaling)));
    return;
  }
  for (const absl::string_view layer_type : layer_types) {
    JsonValue* set = state->rope_parameters.Find(layer_type);
    if (set == nullptr || !set->is_object()) {
      state->findings().Add(
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

void ConvertByLayerType(LoadingState* state, const std::vector<absl::string_view>& scaled,
                        const std::vector<LayerTheta>& thetas) {
  if (state->rope_parameters.is_null()) {
    state->rope_parameters = JsonLiteral(
        R"({"sliding_attention":{"rope_type":"default"},"full_attention":{"rope_type":"default"}})");
  }
  MergeRopeScaling(state, scaled);
  for (const LayerTheta& theta : thetas) {
    JsonValue* set = LayerSet(state, theta.layer_type);
    set->SetDefault("rope_theta", TakeTheta(state, theta.name, theta.default_theta));
  }
  StandardizeRopeParameters(state);
}

void ConvertNeoX(LoadingState* state, double default_rotary_pct) {
  AdoptRopeScaling(state);
  JsonValue& parameters = state->rope_parameters;
  parameters.SetDefault("rope_theta", TakeTheta(state, "rotary_emb_base", 10000.0));
  parameters.SetDefault("partial_rotary_factor",
                        state->TakeKwarg("rotary_pct", JsonValue(default_rotary_pct)));
  StandardizeRopeParameters(state);
}

// The sets that the defaults belong into: the nested ones, or the one flat set.
std::vector<JsonValue*> Sets(LoadingState* state) {
  std::vector<JsonValue*> sets;
  for (const std::string& key : state->NestedKeys(state->rope_parameters)) {
    JsonValue* set = state->rope_parameters.Find(key);
    if (set->is_object()) sets.push_back(set);  // standardization reports what is neither
  }
  const bool nested = !state->NestedKeys(state->rope_parameters).empty();
  if (!nested) sets.push_back(&state->rope_parameters);
  return sets;
}

}  // namespace

void ConvertGeneral(LoadingState* state) {
  AdoptRopeScaling(state);
  const JsonValue* own_theta = state->Attribute("rope_theta");
  const JsonValue theta = state->TakeKwarg(
      "rope_theta", own_theta != nullptr ? *own_theta : JsonValue(state->family().default_theta));
  const JsonValue* own_partial = state->Attribute("partial_rotary_factor");
  const JsonValue partial = state->TakeKwarg("partial_rotary_factor",
                                             own_partial != nullptr ? *own_partial : JsonValue());
  for (JsonValue* set : Sets(state)) {
    set->SetDefault("rope_theta", theta);
    if (!partial.is_null()) set->SetDefault("partial_rotary_factor", partial);
  }
  StandardizeRopeParameters(state);
}

void ConvertGemma3(LoadingState* state) {
  ConvertByLayerType(state, {kFull},
                     {{kFull, "rope_theta", 1e6}, {kSliding, "rope_local_base_freq", 1e4}});
}

void ConvertOlmo3(LoadingState* state) {
  // The same name twice: whoever comes first takes it.
  const JsonValue* theta = state->Kwarg("rope_theta");
  const JsonValue* sliding = state->rope_parameters.Find(kSliding);
  if (theta != nullptr && (sliding == nullptr || sliding->Find("rope_theta") == nullptr)) {
    state->findings().Add(FindingId::kThetaUnused, *theta, "rope_theta",
                          "reaches full_attention only; sliding_attention gets the default of "
                          "this family, 500000.0. Give rope_parameters for both");
  }
  ConvertByLayerType(state, {kFull}, {{kFull, "rope_theta", 5e5}, {kSliding, "rope_theta", 5e5}});
}

void ConvertModernBert(LoadingState* state) {
  ConvertByLayerType(state, {kFull, kSliding},
                     {{kFull, "global_rope_theta", 16e4}, {kSliding, "local_rope_theta", 1e4}});
}

void ConvertGptNeoX(LoadingState* state) { ConvertNeoX(state, 0.25); }

void ConvertGptNeoXJapanese(LoadingState* state) { ConvertNeoX(state, 1.0); }

void ConvertPhi3(LoadingState* state) {
  AdoptRopeScaling(state);
  JsonValue& parameters = state->rope_parameters;
  parameters.SetDefault("rope_theta", TakeTheta(state, "rope_theta", 10000.0));
  const JsonValue* partial = state->Kwarg("partial_rotary_factor");
  parameters.SetDefault("partial_rotary_factor", partial != nullptr ? *partial : JsonValue(1.0));
  StandardizeRopeParameters(state);
  JsonValue* type = parameters.Find("rope_type");
  if (type != nullptr && type->is_string() &&
      (type->as_string() == "su" || type->as_string() == "yarn")) {
    JsonValue longrope("longrope");
    longrope.set_offset(type->offset());
    *type = std::move(longrope);
  }
}

void ConvertQwen2Vl(LoadingState* state) {
  AdoptRopeScaling(state);
  JsonValue& parameters = state->rope_parameters;
  parameters.SetDefault("rope_theta",
                        TakeTheta(state, "rope_theta", state->family().default_theta));
  const JsonValue* type = parameters.Find("rope_type");
  if (type == nullptr) type = parameters.Find("type");
  if (type != nullptr && type->is_string() && type->as_string() == "mrope") {
    parameters.Set("rope_type", JsonValue("default"));
  }
  StandardizeRopeParameters(state);
}

void ConvertMiniMaxM2(LoadingState* state) {
  const JsonValue* rotary_dim = state->Kwarg("rotary_dim");
  if (rotary_dim != nullptr && !rotary_dim->is_null()) {
    const std::optional<double> channels = PythonNumber(*rotary_dim);
    const std::optional<int64_t> head_dim = state->IntAttribute("head_dim");
    if (!channels.has_value() || rotary_dim->is_bool()) {
      state->findings().Add(
          FindingId::kWrongKind, *rotary_dim, "rotary_dim",
          absl::StrCat("rotary_dim must be a number, not ", PythonTypeName(*rotary_dim)));
    } else if (head_dim.value_or(0) == 0) {
      state->findings().AddPath(FindingId::kHeadDim, "head_dim", -1,
                                "head_dim must be an integer >= 1: rotary_dim is divided by it");
    } else {
      JsonValue partial(*channels / static_cast<double>(*head_dim));
      partial.set_offset(rotary_dim->offset());
      state->SetDefaultKwarg("partial_rotary_factor", std::move(partial));
    }
  }
  ConvertGeneral(state);
}

void ConvertNothing(LoadingState*) {}

}  // namespace rope
