#include "core/config/families/varied_layers.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

size_t LayerCount(const LoadingState& state) {
  const int64_t count = state.IntAttribute("num_hidden_layers").value_or(0);
  return count >= 1 && count <= kMaxHiddenLayers ? static_cast<size_t>(count) : 0;
}

// The attribute if it is a list. Null, with a finding, if it is something else; null without one if
// it is missing or null.
const JsonValue* ListOrNull(LoadingState* state, absl::string_view name,
                            absl::string_view elements) {
  const JsonValue* list = state->Attribute(name);
  if (list == nullptr || list->is_null()) return nullptr;
  if (list->is_array()) return list;
  state->findings().Add(
      FindingId::kFieldType, *list, name,
      absl::StrCat(name, " must be a list of ", elements, " or null, not ", PythonTypeName(*list)));
  return nullptr;
}

void ReportNotANumber(LoadingState* state, const JsonValue& entry) {
  state->findings().Add(
      FindingId::kFieldType, entry, "layer_rope_theta",
      absl::StrCat("layer_rope_theta must hold numbers, not ", PythonTypeName(entry)));
}

}  // namespace

LayerVariants VaryByScalingLayers(LoadingState* state) {
  LayerVariants result;
  result.of_layer.assign(LayerCount(*state), 0);
  const JsonValue* scaled = ListOrNull(state, "rope_scaling_layers", "layer numbers");
  if (scaled == nullptr) {
    result.variants = {{"scaled", JsonValue()}};
    return result;
  }
  result.variants = {{"scaled", JsonValue()}, {"unscaled", JsonValue(), false}};
  result.of_layer.assign(LayerCount(*state), 1);
  for (const JsonValue& layer : scaled->as_array()) {
    const std::optional<double> number = PythonNumber(layer);
    if (!number.has_value()) continue;
    // Python compares numbers by value, so 5.0 names layer 5.
    const auto index = static_cast<int64_t>(std::clamp(*number, -1.0, 1.0 * kMaxHiddenLayers));
    if (static_cast<double>(index) != *number || index < 0) continue;
    if (static_cast<size_t>(index) < result.of_layer.size()) result.of_layer[index] = 0;
  }
  return result;
}

LayerVariants VaryByLayerTheta(LoadingState* state) {
  LayerVariants result;
  const size_t count = LayerCount(*state);
  const JsonValue* thetas = ListOrNull(state, "layer_rope_theta", "numbers");
  if (thetas == nullptr) {
    result.variants = {{"", JsonValue()}};
    result.of_layer.assign(count, 0);
    return result;
  }
  const JsonValue::Array& entries = thetas->as_array();
  if (entries.size() < count) {
    state->findings().Add(
        FindingId::kListLength, *thetas, "layer_rope_theta",
        absl::StrCat("layer_rope_theta must have one entry per layer (", count, "), not ",
                     entries.size(), "; the model fails on its first input"));
  }
  // Entries behind the last layer are never read.
  const size_t used = std::min(count, entries.size());
  std::map<double, JsonValue> bases;  // the first entry with each base
  for (size_t layer = 0; layer < used; ++layer) {
    const std::optional<double> base = PythonNumber(entries[layer]);
    if (!base.has_value()) ReportNotANumber(state, entries[layer]);
    if (base.value_or(0.0) != 0.0) bases.emplace(*base, entries[layer]);
  }
  std::map<double, int> index;
  for (const auto& [base, entry] : bases) {
    index.emplace(base, static_cast<int>(result.variants.size()));
    result.variants.push_back({absl::StrCat("rope_theta=", PythonRepr(JsonValue(base))), entry});
  }
  for (size_t layer = 0; layer < used; ++layer) {
    const auto found = index.find(PythonNumber(entries[layer]).value_or(0.0));
    result.of_layer.push_back(found != index.end() ? found->second : -1);
  }
  return result;
}

}  // namespace rope
