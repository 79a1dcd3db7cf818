#include "core/config/judge/layer_use.h"

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "core/config/load/layer_type_names.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

// Layers of these types mix positions without attention.
bool HasAttention(absl::string_view layer_type) {
  return layer_type != kLinearAttention && layer_type != kConvolution;
}

absl::string_view TypeOf(const std::vector<std::string>& layer_types, size_t layer) {
  return layer < layer_types.size() ? absl::string_view(layer_types[layer]) : "";
}

// The number of layers; 0 if it is unknown or beyond kMaxHiddenLayers. The default of a class says
// nothing about the model of a file without num_hidden_layers.
int64_t LayerCount(const LoadingState& state, const std::vector<std::string>& layer_types) {
  if (!state.InDocument("num_hidden_layers") && !state.InDocument("layer_types")) return 0;
  const int64_t count =
      state.IntAttribute("num_hidden_layers").value_or(static_cast<int64_t>(layer_types.size()));
  return count >= 1 && count <= kMaxHiddenLayers ? count : 0;
}

std::vector<std::string> TypeOfEachLayer(const LoadingState& state) {
  std::vector<std::string> types;
  const JsonValue* list = state.Attribute("layer_types");
  if (list == nullptr || !list->is_array()) return types;
  for (const JsonValue& element : list->as_array()) {
    types.push_back(element.is_string() ? element.as_string() : "");
  }
  return types;
}

// The parameter sets by their names. Of two with one name the first is in it.
using SetsByName = absl::flat_hash_map<absl::string_view, LayerTypeConfig*>;

SetsByName ByName(std::vector<LayerTypeConfig>* sets) {
  SetsByName by_name;
  for (LayerTypeConfig& set : *sets) by_name.emplace(set.layer_type, &set);
  return by_name;
}

// The parameter set that a layer of `layer_type` reads; null if there is none.
LayerTypeConfig* SetOf(const LoadingState& state, absl::string_view layer_type,
                       const SetsByName& sets) {
  if (sets.size() == 1 && sets.begin()->first.empty()) return sets.begin()->second;
  const absl::Span<const absl::string_view> names = state.family().parameter_set_names;
  const absl::string_view name =
      names.empty() ? layer_type : names[layer_type == kSlidingAttention ? 0 : 1];
  const auto set = sets.find(name);
  return set != sets.end() ? set->second : nullptr;
}

// The parameter set that the layer uses by its variant; null if it has no rotary embedding.
LayerTypeConfig* SetOfVariant(const LayerVariants& variants, size_t layer,
                              std::vector<LayerTypeConfig>* sets) {
  const int index = layer < variants.of_layer.size() ? variants.of_layer[layer] : -1;
  if (index < 0 || static_cast<size_t>(index) >= sets->size()) return nullptr;
  return &(*sets)[index];
}

void ReportNoLayerRotates(LoadingState* state) {
  const JsonValue* alibi = state->Attribute("alibi");
  const bool has_alibi = alibi != nullptr && IsTruthy(*alibi);
  state->findings().Add(
      FindingId::kNoLayerRotates, has_alibi ? *alibi : JsonValue(),
      has_alibi ? "alibi" : "num_hidden_layers",
      absl::StrCat("none of the ", state->IntAttribute("num_hidden_layers").value_or(0),
                   " layers of this model has a rotary embedding",
                   has_alibi ? ": their attention uses alibi instead" : ""));
}

}  // namespace

void AssignLayers(LoadingState* state, const LayerVariants* variants, ModelConfigReport* report) {
  // A refused document has no answer, but may have any number of layer types.
  if (state->findings().has_errors()) return;
  const std::vector<std::string> types = TypeOfEachLayer(*state);
  const int64_t count = LayerCount(*state, types);
  std::vector<bool> rotated(count, true);
  if (state->family().mark_rotated != nullptr) {
    state->family().mark_rotated(*state, types, &rotated);
  }
  const SetsByName sets = ByName(&report->layer_types);
  for (int64_t layer = 0; layer < count; ++layer) {
    const absl::string_view type = TypeOf(types, layer);
    LayerTypeConfig* const set = variants != nullptr
                                     ? SetOfVariant(*variants, layer, &report->layer_types)
                                     : SetOf(*state, type, sets);
    const bool rotates =
        set != nullptr && set->config.has_value() && rotated[layer] && HasAttention(type);
    (rotates ? set->layers : report->layers_without_rope).push_back(layer);
  }
  if (count > 0 && !state->findings().has_errors() &&
      static_cast<int64_t>(report->layers_without_rope.size()) == count) {
    ReportNoLayerRotates(state);
  }
}

}  // namespace rope
