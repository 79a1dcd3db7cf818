// Which members of a configuration make two dialects part. Inside this folder only.
#pragma once

#include <string>
#include <vector>

#include "core/dialects/difference.h"
#include "core/json/json_value.h"

namespace rope {

// The comparison of two readings of one document, layer type by layer type. Without keys.
std::vector<LayerDifference> CompareReadings(const DialectReading& ours,
                                             const DialectReading& theirs);

// Fills LayerDifference::keys of the layers that part. A member is at fault if the two agree in the
// document without it. The type itself is tried last, only for layers without another key.
// `text_model_path` is the place of the text model in `root`.
void FindKeysAtFault(const JsonValue& root, const std::string& text_model_path,
                     const Dialect& dialect, std::vector<LayerDifference>* layers);

}  // namespace rope
