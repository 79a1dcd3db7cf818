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

LayerHeadDims FindLayerHeadDims(const LoadingState& state) {
  LayerHeadDims result;
  const JsonValue* config = ConfigOf(state);
  if (config == nullptr) return result;
  if (const JsonValue* head_dim = state.Attribute("head_dim")) {
    const std::string printed = PythonRepr(*head_dim);
    for (const JsonMember& layer : config->as_object()) {
      const JsonValue* own = layer.value.Find("head_dim");
      result.differ_from_model |= own != nullptr && PythonRepr(*own) != printed;
    }
  }
  const JsonValue* types = state.Attribute("layer_types");
  const std::map<int64_t, const JsonValue*> overrides = PerLayerOverrides(state);
  if (overrides.empty() || types == nullptr || !types->is_array()) return result;
  absl::flat_hash_map<absl::string_view, std::string> first;  // as it is printed; "" for none
  for (size_t i = 0; i < types->as_array().size(); ++i) {
    const JsonValue& type = types->as_array()[i];
    if (!type.is_string()) continue;
    const auto layer = overrides.find(static_cast<int64_t>(i));
    const JsonValue* own = layer != overrides.end() ? layer->second->Find("head_dim") : nullptr;
    std::string printed = own != nullptr ? PythonRepr(*own) : "";
    LayerHeadDims::OfType& of_type = result.by_layer_type[type.as_string()];
    const auto [seen, is_first] = first.try_emplace(type.as_string(), printed);
    if (is_first) {
      of_type.value = own;
    } else if (seen->second != printed) {
      of_type.differ = true;
    }
  }
  return result;
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
