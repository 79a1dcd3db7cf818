// Presets: configurations of known models, by name.
//
// Each is one small JSON file in models/, compiled in:
//
//   {"name": "llama-3.1-8b", "title": "...", "certainty": "read" | "seen" | "remembered",
//    "source": "...", "recipe_of": "NAME" (optional), "config": {...as in config.json...}}
//
// `certainty` says how the configuration is known, and `source` says it in words:
//   read        in a published configuration, or in a test that quotes one
//   seen        in an issue of a project that serves the model
//   remembered  not yet compared with a published configuration
//
// A new preset needs a file in models/ and a golden record of the frequencies that transformers
// computes for it, made by tools/record_preset; tests/core/presets compares the two.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rope {

struct Preset {
  std::string name;   // of lower-case letters, digits, '-' and '.'
  std::string title;  // for people
  std::string certainty;
  std::string source;
  std::string recipe_of;    // the preset whose documented long-context recipe this is; "" if none
  std::string config_json;  // as ReadModelConfig takes it
};

// All presets, sorted by name. Constant for the life of the process; thread-safe.
absl::Span<const Preset> AllPresets();

// The preset of that name; null if there is no such preset.
const Preset* FindPreset(absl::string_view name);

// INVALID_ARGUMENT for a name that FindPreset does not know. The message starts with `field` and
// names the presets of the same family, if there are any.
absl::Status UnknownPreset(absl::string_view field, absl::string_view name);

}  // namespace rope
