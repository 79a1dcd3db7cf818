#include "core/config/load/layer_types.h"

#include <string>
#include <utility>

#include "core/config/load/layer_type_names.h"

namespace rope {
namespace {

struct LegacyName {
  absl::string_view legacy;
  absl::string_view name;
};

constexpr LegacyName kLegacyNames[] = {{"mamba", kLinearAttention},
                                       {"attention", kFullAttention},
                                       {"deepseek_sparse_attention", kIndexedAttention},
                                       {"qwen_sparse_attention", kIndexedAttention}};

// Empty if `name` is not a legacy name.
absl::string_view NewName(absl::string_view name) {
  for (const LegacyName& row : kLegacyNames) {
    if (row.legacy == name) return row.name;
  }
  return "";
}

}  // namespace

void RenameLegacyLayerTypes(LoadingState* state) {
  const JsonValue* given = state->Attribute("layer_types");
  if (given == nullptr || !given->is_array()) return;
  JsonValue types = *given;
  bool renamed = false;
  for (JsonValue& element : types.as_array()) {
    const absl::string_view name = element.is_string() ? NewName(element.as_string()) : "";
    if (name.empty()) continue;
    const int64_t offset = element.offset();
    element = JsonValue(name);
    element.set_offset(offset);
    renamed = true;
  }
  if (renamed) state->SetAttribute("layer_types", std::move(types));
}

}  // namespace rope
