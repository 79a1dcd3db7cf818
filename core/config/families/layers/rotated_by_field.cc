#include "core/config/families/layers/rotated_by_field.h"

#include "core/config/families/rotated_layers.h"
#include "core/config/load/layer_type_names.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

bool AttributeIs(const LoadingState& state, absl::string_view name, absl::string_view value) {
  const JsonValue* attribute = state.Attribute(name);
  return attribute != nullptr && attribute->is_string() && attribute->as_string() == value;
}

void ClearUnless(bool rotates, std::vector<bool>* rotated) {
  if (!rotates) rotated->assign(rotated->size(), false);
}

}  // namespace

void MarkIfRotary(const LoadingState& state, const std::vector<std::string>& /*layer_types*/,
                  std::vector<bool>* rotated) {
  ClearUnless(AttributeIs(state, "position_embedding_type", "rotary") ||
                  AttributeIs(state, "position_embeddings_type", "rotary"),
              rotated);
}

void MarkIfRope(const LoadingState& state, const std::vector<std::string>& /*layer_types*/,
                std::vector<bool>* rotated) {
  ClearUnless(AttributeIs(state, "position_embedding_type", "rope"), rotated);
}

void MarkIfMemRope(const LoadingState& state, const std::vector<std::string>& layer_types,
                   std::vector<bool>* rotated) {
  ClearUnless(IsTruthy(state.AttributeOrNull("use_mem_rope")), rotated);
  for (size_t i = 0; i < rotated->size(); ++i) {
    if (i >= layer_types.size() || layer_types[i] != "hybrid") (*rotated)[i] = false;
  }
}

void MarkUnlessOff(const LoadingState& state, const std::vector<std::string>& /*layer_types*/,
                   std::vector<bool>* rotated) {
  const JsonValue* given = state.Attribute("use_rotary_embedding");
  ClearUnless(given == nullptr || IsTruthy(*given), rotated);
}

void MarkCohere2Moe(const LoadingState& state, const std::vector<std::string>& layer_types,
                    std::vector<bool>* rotated) {
  const JsonValue* pattern = state.document().Find("prefix_dense_sliding_window_pattern");
  const bool dense_rotates = pattern == nullptr || (pattern->is_int() && pattern->as_int() == 1);
  const JsonValue* mlp = state.Attribute("mlp_layer_types");
  MarkSlidingOrNone(state, layer_types, rotated);
  if (!dense_rotates || mlp == nullptr || !mlp->is_array()) return;
  for (size_t i = 0; i < rotated->size() && i < mlp->as_array().size(); ++i) {
    const JsonValue& type = mlp->as_array()[i];
    if (type.is_string() && type.as_string() == "dense") (*rotated)[i] = true;
  }
}

void MarkMuse(const LoadingState& state, const std::vector<std::string>& /*layer_types*/,
              std::vector<bool>* rotated) {
  const JsonValue* thetas = state.Attribute("layer_rope_theta");
  const bool listed = thetas != nullptr && thetas->is_array();
  const size_t count = rotated->size();
  for (size_t i = 0; i < count; ++i) {
    if (listed) {
      (*rotated)[i] = i < thetas->as_array().size() && IsTruthy(thetas->as_array()[i]);
    } else {
      (*rotated)[i] = (count - 1 - i) % 4 != 0;
    }
  }
}

}  // namespace rope
