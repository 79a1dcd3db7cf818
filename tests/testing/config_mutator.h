// Configurations as people damage them: random edits of what a file says about its rotary
// embedding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

#include "absl/strings/string_view.h"
#include "core/json/json_value.h"

namespace rope::testing {

// Makes the same edits in every run with the same seed. Not thread-safe.
class ConfigMutator {
 public:
  explicit ConfigMutator(uint32_t seed) : random_(seed) {}

  // `text`, the JSON text of an object, after one to three edits. An edit removes, adds, renames,
  // repeats or moves a member that speaks about the rotary embedding, or changes its value. Names
  // come from the table of quantities (core/config/judge/quantities/spellings.h) and from the rope
  // types; places are the top level, the text model, and the parameter sets. Returns `text` itself
  // if it is no JSON object.
  std::string Mutate(absl::string_view text);

  // A number below `bound`, which is > 0.
  size_t Below(size_t bound) { return random_() % bound; }

 private:
  void Edit(JsonValue* root);
  std::string AnyKey();
  JsonValue AnyValue(absl::string_view key);
  JsonValue Changed(const JsonValue& value, absl::string_view key);

  std::mt19937 random_;
};

}  // namespace rope::testing
