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
  const JsonValue* list = state.Attribute("no_rope_layers");
  if (list == nullptr || !list->is_array()) return;
  const JsonValue::Array& entries = list->as_array();
  for (size_t i = 0; i < rotated->size(); ++i) {
    (*rotated)[i] = i < entries.size() && IsTruthy(entries[i]);
  }
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

void MarkUnlessAlibi(const LoadingState& state, const std::vector<std::string>& /*layer_types*/,
                     std::vector<bool>* rotated) {
  if (IsTruthy(state.AttributeOrNull("alibi"))) rotated->assign(rotated->size(), false);
}

}  // namespace rope
