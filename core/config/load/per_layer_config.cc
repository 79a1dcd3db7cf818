#include "core/config/load/per_layer_config.h"

#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

// Python's int() of a string: spaces around it, a sign, leading zeros, and single underscores
// between digits are allowed.
std::optional<int64_t> PythonInt(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  const bool misplaced = absl::StartsWith(text, "_") || absl::EndsWith(text, "_") ||
                         absl::StrContains(text, "__") || absl::StrContains(text, "+_") ||
                         absl::StrContains(text, "-_");
  int64_t number = 0;
  if (misplaced || !absl::SimpleAtoi(absl::StrReplaceAll(text, {{"_", ""}}), &number)) {
    return std::nullopt;
  }
  return number;
}

const JsonValue* ConfigOf(const LoadingState& state) {
  const JsonValue* config = state.Attribute("per_layer_config");
  return config != nullptr && config->is_object() ? config : nullptr;
}

}  // namespace

std::map<int64_t, const JsonValue*> PerLayerOverrides(const LoadingState& state) {
  std::map<int64_t, const JsonValue*> overrides;
  const JsonValue* config = ConfigOf(state);
  if (config == nullptr) return overrides;
  for (const JsonMember& member : config->as_object()) {
    const std::optional<int64_t> layer = PythonInt(member.key);
    if (layer.has_value()) overrides[*layer] = &member.value;
  }
  return overrides;
}

void CheckPerLayerConfig(LoadingState* state) {
  const JsonValue* config = ConfigOf(*state);
  if (config == nullptr) return;
  const std::optional<int64_t> layers = state->IntAttribute("num_hidden_layers");
  for (const JsonMember& member : config->as_object()) {
    const std::optional<int64_t> layer = PythonInt(member.key);
    if (layer.has_value() && (!layers.has_value() || (*layer >= 0 && *layer < *layers))) continue;
    state->findings().Add(
        FindingId::kOutOfRange, member.value, "per_layer_config",
        absl::StrCat("must be named by a layer's number, from 0 to num_hidden_layers - 1",
                     layers.has_value() ? absl::StrCat(" (", *layers - 1, ")") : "", ", not ",
                     PythonRepr(JsonValue(member.key))),
        layer.has_value()
            ? absl::StrCat(
                  "`per_layer_config` keys must be integer layer indices in the range [0, ",
                  *layers, "); got [", *layer, "].")
            : absl::StrCat("invalid literal for int() with base 10: ",
                           PythonRepr(JsonValue(member.key))));
    return;
  }
}

}  // namespace rope
