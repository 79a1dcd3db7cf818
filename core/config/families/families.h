// The table of model families, looked up by model_type. A row is a Family (load/family.h).
#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/config/load/family.h"

namespace rope {

// All rows, sorted by model_type.
absl::Span<const Family> AllFamilies();

// The row of that model_type; null if the table has none.
const Family* FindFamily(absl::string_view model_type);

// The family of documents that have no model_type or an unknown one: llama, but parameters nested
// by layer type are read as well.
const Family& GenericFamily();

// model_type of the text model inside a composite one ("gemma3" -> "gemma3_text"); empty if
// `model_type` is not a composite of the table.
absl::string_view TextModelType(absl::string_view model_type);

}  // namespace rope
