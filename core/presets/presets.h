// Presets: configurations of known models, by name.
//
// Each is one small JSON file in models/, compiled in:
//
//   {"name": "llama-3.1-8b", "title": "...", "verified": true, "source": "...",
//    "recipe_of": "NAME" (optional), "config": {...as in config.json...}}
//
// `source` says where the values can be looked up. `verified` says that the values which the
// frequencies depend on were compared with that source, or with a text that quotes it. Only a
// verified preset is a reason to doubt a user's configuration.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rope {

struct Preset {
  std::string name;         // of lower-case letters, digits, '-' and '.'
  std::string title;        // for people
  bool verified = false;    // the values were compared with the source
  std::string source;       // where the values can be looked up
  std::string recipe_of;    // the preset whose documented long-context recipe this is; "" if none
  std::string config_json;  // as ReadModelConfig takes it
};

// All presets, sorted by name. Constant for the life of the process; thread-safe.
absl::Span<const Preset> AllPresets();

// The preset of that name; null if there is no such preset.
const Preset* FindPreset(absl::string_view name);

// The preset that has exactly this text as its config_json; null if there is none.
const Preset* FindPresetOfText(absl::string_view config_json);

// INVALID_ARGUMENT for a name that FindPreset does not know. The message starts with `field` and
// names the presets of the same family, if there are any.
absl::Status UnknownPreset(absl::string_view field, absl::string_view name);

}  // namespace rope
