// Presets: configurations of known models, by name. One small JSON file each in models/, compiled
// in; adding one is adding a file:
//   {"name": "llama-3.1-8b", "title": "...", "certainty": "read" | "seen" | "remembered",
//    "source": "...", "recipe_of": "NAME" (optional), "config": {...as in config.json...}}
// certainty: read in a published configuration or a test that quotes it; seen in an issue of a
// project that serves the model; remembered, to be checked. `source` says so in words.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rope {

struct Preset {
  std::string name;   // lower case, digits, '-' and '.'
  std::string title;  // for people
  std::string certainty;
  std::string source;
  std::string recipe_of;    // the preset whose documented long-context recipe this is; "" for none
  std::string config_json;  // as ReadModelConfig takes it
};

// Sorted by name. Constant for the life of the process; thread-safe.
absl::Span<const Preset> AllPresets();

// Null where there is none of that name.
const Preset* FindPreset(absl::string_view name);

// "FIELD: unknown preset ..." with names that begin alike: INVALID_ARGUMENT.
absl::Status UnknownPreset(absl::string_view field, absl::string_view name);

}  // namespace rope
