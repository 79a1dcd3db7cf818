#include "core/presets/presets.h"

#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/json/json_reader.h"
#include "core/presets/preset_texts.h"

namespace rope {
namespace {

std::vector<Preset> ReadPresets() {
  std::vector<Preset> presets;
  for (absl::string_view text : PresetTexts()) {
    const JsonValue json = JsonLiteral(text);
    const JsonValue* config = json.Find("config");
    const JsonValue* verified = json.Find("verified");
    presets.push_back({StringMember(json, "name"), StringMember(json, "title"),
                       verified != nullptr && verified->is_bool() && verified->as_bool(),
                       StringMember(json, "source"), StringMember(json, "recipe_of"),
                       config != nullptr ? WriteJson(*config) : ""});
  }
  std::sort(presets.begin(), presets.end(),
            [](const Preset& a, const Preset& b) { return a.name < b.name; });
  return presets;
}

}  // namespace

absl::Span<const Preset> AllPresets() {
  static const auto* const presets = new std::vector<Preset>(ReadPresets());
  return *presets;
}

const Preset* FindPreset(absl::string_view name) {
  for (const Preset& preset : AllPresets()) {
    if (preset.name == name) return &preset;
  }
  return nullptr;
}

const Preset* FindPresetOfText(absl::string_view config_json) {
  static const auto* const by_text = [] {
    auto* const map = new std::map<absl::string_view, const Preset*>();
    for (const Preset& preset : AllPresets()) map->emplace(preset.config_json, &preset);
    return map;
  }();
  const auto found = by_text->find(config_json);
  return found != by_text->end() ? found->second : nullptr;
}

absl::Status UnknownPreset(absl::string_view field, absl::string_view name) {
  const absl::string_view family = name.substr(0, name.find_first_of("-.0123456789"));
  std::vector<absl::string_view> alike;
  for (const Preset& preset : AllPresets()) {
    if (!family.empty() && absl::StartsWith(preset.name, family)) alike.emplace_back(preset.name);
  }
  return absl::InvalidArgumentError(
      absl::StrCat(field, ": unknown preset \"", name, "\"; ",
                   alike.empty() ? absl::StrCat("ListPresets names all ", AllPresets().size())
                                 : absl::StrCat("similar names are ", absl::StrJoin(alike, ", "))));
}

}  // namespace rope
