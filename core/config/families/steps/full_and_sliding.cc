#include "core/config/families/steps/full_and_sliding.h"

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/config/load/conversion.h"
#include "core/config/load/layer_type_names.h"
#include "core/config/load/standardize.h"
#include "core/json/json_reader.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

// The parameter set of one layer type. It becomes the default type if it is absent or null or, with
// a finding, if it is not an object.
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

// Merges rope_scaling into the parameter sets of `layer_types`. Reports each that is missing.
void MergeRopeScaling(LoadingState* state, const std::vector<absl::string_view>& layer_types) {
  const JsonValue scaling = state->TakeKwarg("rope_scaling", JsonValue());
  if (scaling.is_null() || !CheckRopeScalingIsObject(state, scaling)) return;
  for (const absl::string_view layer_type : layer_types) {
    JsonValue* set = state->rope_parameters.Find(layer_type);
    if (set == nullptr || !set->is_object()) {
      state->findings().Add(
          FindingId::kNesting, scaling, "rope_scaling",
          absl::StrCat("rope_scaling cannot be merged into rope_parameters.", layer_type,
                       ", which is missing; write the scaling inside rope_parameters"));
      continue;
    }
    for (const JsonMember& member : scaling.as_object()) set->Set(member.key, member.value);
  }
}

// Where the base of one layer type comes from.
struct LayerTheta {
  absl::string_view layer_type;
  absl::string_view name;  // the member of the document
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
    // The member is taken even if the parameter set has a base, so that no later step sees it.
    set->SetDefault("rope_theta", state->TakeKwarg(theta.name, JsonValue(theta.default_theta)));
  }
  StandardizeRopeParameters(state);
}

// The layer types that layer_types names.
std::set<std::string> TypesInUse(const LoadingState& state) {
  std::set<std::string> types;
  const JsonValue list = state.AttributeOrNull("layer_types");
  if (!list.is_array()) return types;
  for (const JsonValue& type : list.as_array()) {
    if (type.is_string()) types.insert(type.as_string());
  }
  return types;
}

// What NeoMME's class checks in the parameter set of one layer type.
void CheckNeoMmeSet(LoadingState* state, absl::string_view layer_type, int64_t head_dim) {
  const JsonValue* set = state->rope_parameters.Find(layer_type);
  const JsonValue* partial = set != nullptr ? set->Find("partial_rotary_factor") : nullptr;
  const std::optional<double> factor = partial != nullptr ? PythonNumber(*partial) : std::nullopt;
  if (!factor.has_value() || !(*factor > 0.0 && *factor <= 1.0)) return;  // reported elsewhere
  const auto rotary_dim = static_cast<int64_t>(static_cast<double>(head_dim) * *factor);
  if (rotary_dim >= 4 && rotary_dim % 4 == 0) return;
  state->findings().Add(
      FindingId::kHeadDim, *partial,
      absl::StrCat(state->RopePath(), ".", layer_type, ".partial_rotary_factor"),
      absl::StrCat(
          "rotates ", rotary_dim, " of ", head_dim,
          " channels; it must be a multiple of 4, because the two position axes take turns"),
      absl::StrCat("rotates ", rotary_dim, " of head_dim=", head_dim,
                   " dims, which is not a multiple of 4"));
}

}  // namespace

void ConvertGemma3(LoadingState* state) {
  ConvertByLayerType(
      state, {kFullAttention},
      {{kFullAttention, "rope_theta", 1e6}, {kSlidingAttention, "rope_local_base_freq", 1e4}});
}

void ConvertOlmo3(LoadingState* state) {
  // Both parameter sets read rope_theta. Full attention comes first and takes it.
  const JsonValue* theta = state->Kwarg("rope_theta");
  const JsonValue* sliding = state->rope_parameters.Find(kSlidingAttention);
  if (theta != nullptr && (sliding == nullptr || sliding->Find("rope_theta") == nullptr)) {
    state->findings().Add(FindingId::kThetaUnused, *theta, "rope_theta",
                          "is used for full_attention only; sliding_attention gets the default of "
                          "this family, 500000.0. Write rope_theta into rope_parameters for both");
  }
  ConvertByLayerType(state, {kFullAttention},
                     {{kFullAttention, "rope_theta", 5e5}, {kSlidingAttention, "rope_theta", 5e5}});
}

void ConvertModernBert(LoadingState* state) {
  ConvertByLayerType(
      state, {kFullAttention, kSlidingAttention},
      {{kFullAttention, "global_rope_theta", 16e4}, {kSlidingAttention, "local_rope_theta", 1e4}});
}

void ConvertNeoMme(LoadingState* state) {
  const JsonValue theta = state->TakeKwarg("rope_theta", JsonValue());
  if (state->rope_parameters.is_null()) state->rope_parameters = EmptyObject();
  for (const std::string& type : TypesInUse(*state)) {
    const bool full = type == kFullAttention;
    JsonValue* set = LayerSet(state, type);
    set->SetDefault("rope_type", JsonValue("default"));
    set->SetDefault("rope_theta", theta.is_null() ? JsonValue(full ? 1e6 : 1e4) : theta);
    set->SetDefault("partial_rotary_factor", JsonValue(full ? 0.25 : 1.0));
  }
  StandardizeRopeParameters(state);
}

void CheckNeoMme(LoadingState* state) {
  const std::set<std::string> types = TypesInUse(*state);
  if (types.find(std::string(kFullAttention)) == types.end()) {
    state->findings().AddPath(FindingId::kLayerTypes, "layer_types", -1,
                              "at least one layer must have full_attention",
                              "layer_types must contain at least one full_attention layer.");
  }
  const int64_t head_dim = state->IntAttribute("head_dim").value_or(0);
  for (const std::string& type : types) CheckNeoMmeSet(state, type, head_dim);
}

}  // namespace rope
