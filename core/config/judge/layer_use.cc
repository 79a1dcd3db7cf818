#include "core/config/judge/layer_use.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/config/load/layer_types.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

constexpr absl::string_view kSliding = "sliding_attention";

// Layers of these types mix positions without attention.
bool HasAttention(absl::string_view layer_type) {
  return layer_type != "linear_attention" && layer_type != "conv";
}

absl::string_view TypeOf(const std::vector<std::string>& layer_types, size_t layer) {
  return layer < layer_types.size() ? absl::string_view(layer_types[layer]) : "";
}

bool HasWindow(const LoadingState& state) {
  const JsonValue* window = state.Attribute("sliding_window");
  return window == nullptr || !window->is_null();
}

// The number of layers; 0 where it is unknown.
int64_t LayerCount(const LoadingState& state, const std::vector<std::string>& layer_types) {
  const int64_t count =
      state.IntAttribute("num_hidden_layers").value_or(static_cast<int64_t>(layer_types.size()));
  return count >= 1 && count <= kMaxHiddenLayers ? count : 0;
}

std::vector<std::string> LayerTypes(const LoadingState& state) {
  std::vector<std::string> types;
  const JsonValue* list = state.Attribute("layer_types");
  if (list == nullptr || !list->is_array()) return types;
  for (const JsonValue& element : list->as_array()) {
    types.push_back(element.is_string() ? element.as_string() : "");
  }
  return types;
}

// The set that a layer of `layer_type` reads.
LayerTypeConfig* SetOf(const LoadingState& state, absl::string_view layer_type,
                       std::vector<LayerTypeConfig>* sets) {
  if (sets->size() == 1 && sets->front().layer_type.empty()) return &sets->front();
  // DeepSeek-V4: one label for the windowed layers, one for the compressed ones.
  const absl::Span<const absl::string_view> labels = state.family().labels;
  const absl::string_view name =
      labels.empty() ? layer_type : labels[layer_type == kSliding ? 0 : 1];
  const auto set = std::find_if(sets->begin(), sets->end(), [&](const LayerTypeConfig& entry) {
    return entry.layer_type == name;
  });
  return set != sets->end() ? &*set : nullptr;
}

}  // namespace

void MarkListed(const LoadingState& state, const std::vector<std::string>& /*layer_types*/,
                std::vector<bool>* rotated) {
  const std::vector<bool> listed = LayersWithRope(
      state.Attribute("no_rope_layers"), state.IntAttribute("no_rope_layer_interval").value_or(4),
      static_cast<int64_t>(rotated->size()));
  std::copy_n(listed.begin(), std::min(listed.size(), rotated->size()), rotated->begin());
}

void MarkSliding(const LoadingState& /*state*/, const std::vector<std::string>& layer_types,
                 std::vector<bool>* rotated) {
  for (size_t i = 0; i < rotated->size(); ++i) (*rotated)[i] = TypeOf(layer_types, i) == kSliding;
}

void MarkWindowed(const LoadingState& state, const std::vector<std::string>& layer_types,
                  std::vector<bool>* rotated) {
  if (HasWindow(state)) {
    MarkSliding(state, layer_types, rotated);
  } else {
    rotated->assign(rotated->size(), false);
  }
}

void MarkUnlessGlobal(const LoadingState& state, const std::vector<std::string>& layer_types,
                      std::vector<bool>* rotated) {
  if (HasWindow(state)) MarkSliding(state, layer_types, rotated);
}

void MarkAttention(const LoadingState& state, const std::vector<std::string>& /*layer_types*/,
                   std::vector<bool>* rotated) {
  const int64_t count = static_cast<int64_t>(rotated->size());
  rotated->assign(rotated->size(), false);
  const JsonValue* indices = state.Attribute("attn_layer_indices");
  if (indices == nullptr || !indices->is_array()) return;
  for (const JsonValue& index : indices->as_array()) {
    if (index.is_int() && index.as_int() >= 0 && index.as_int() < count) {
      (*rotated)[index.as_int()] = true;
    }
  }
}

void AssignLayers(const LoadingState& state, ModelConfigReport* report) {
  const std::vector<std::string> types = LayerTypes(state);
  const int64_t count = LayerCount(state, types);
  std::vector<bool> rotated(count, true);
  if (state.family().mark_rotated != nullptr) {
    state.family().mark_rotated(state, types, &rotated);
  }
  for (int64_t layer = 0; layer < count; ++layer) {
    const absl::string_view type = TypeOf(types, layer);
    LayerTypeConfig* const set = SetOf(state, type, &report->layer_types);
    const bool rotates =
        set != nullptr && set->config.has_value() && rotated[layer] && HasAttention(type);
    (rotates ? set->layers : report->layers_without_rope).push_back(layer);
  }
}

}  // namespace rope
