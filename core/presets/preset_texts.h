// The texts of models/*.json; the definition is generated (cmake/EmbedPresets.cmake).
#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rope {

absl::Span<const absl::string_view> PresetTexts();

}  // namespace rope
