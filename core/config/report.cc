#include "core/config/report.h"

namespace rope {

const LayerTypeConfig* ModelConfigReport::Find(absl::string_view layer_type) const {
  if (layer_type.empty()) return layer_types.size() == 1 ? layer_types.data() : nullptr;
  for (const LayerTypeConfig& entry : layer_types) {
    if (entry.layer_type == layer_type) return &entry;
  }
  return nullptr;
}

}  // namespace rope
