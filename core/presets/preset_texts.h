// The texts of models/*.json. cmake/EmbedPresets.cmake generates the definition.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rope {

// One text for each file. Constant for the life of the process; thread-safe.
absl::Span<const absl::string_view> PresetTexts();

}  // namespace rope
