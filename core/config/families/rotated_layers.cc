#include "core/config/families/rotated_layers.h"

#include <algorithm>

#include "core/config/load/layer_type_names.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

bool HasWindow(const LoadingState& state) {
  const JsonValue* window = state.Attribute("sliding_window");
  return window == nullptr || !window->is_null();
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
  for (size_t i = 0; i < rotated->size(); ++i) {
    (*rotated)[i] = i < layer_types.size() && layer_types[i] == kSlidingAttention;
  }
}

void MarkSlidingOrNone(const LoadingState& state, const std::vector<std::string>& layer_types,
                       std::vector<bool>* rotated) {
  if (HasWindow(state)) {
    MarkSliding(state, layer_types, rotated);
  } else {
    rotated->assign(rotated->size(), false);
  }
}

void MarkSlidingOrAll(const LoadingState& state, const std::vector<std::string>& layer_types,
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

std::vector<bool> LayersWithRope(const JsonValue* no_rope_layers, int64_t interval,
                                 int64_t layers) {
  std::vector<bool> with_rope;
  if (no_rope_layers != nullptr && no_rope_layers->is_array() &&
      !no_rope_layers->as_array().empty()) {
    for (const JsonValue& element : no_rope_layers->as_array()) {
      with_rope.push_back(IsTruthy(element));
    }
    return with_rope;
  }
  for (int64_t i = 0; i < std::min(layers, kMaxHiddenLayers); ++i) {
    with_rope.push_back((i + 1) % std::max<int64_t>(interval, 1) != 0);
  }
  return with_rope;
}

}  // namespace rope
