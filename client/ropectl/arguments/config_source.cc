#include "client/ropectl/arguments/config_source.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/ropectl/arguments/nearest_name.h"
#include "core/presets/presets.h"

namespace rope::ropectl {
namespace {

namespace fs = std::filesystem;

bool IsConfigName(const std::string& name) {
  return name == "config.json" || absl::EndsWith(name, ".config.json");
}

absl::StatusOr<std::vector<std::string>> ConfigsBelow(const std::string& directory) {
  std::vector<std::string> files;
  std::error_code error;
  const auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator entry(directory, options, error), end;
       !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_regular_file(ignored) && IsConfigName(entry->path().filename().string())) {
      files.push_back(entry->path().string());
    }
  }
  if (error) return absl::NotFoundError(absl::StrCat(directory, ": ", error.message()));
  if (files.empty()) {
    return absl::NotFoundError(
        absl::StrCat("neither config.json nor *.config.json below ", directory));
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> PresetNames() {
  std::vector<std::string> names;
  for (const Preset& preset : AllPresets()) names.push_back(preset.name);
  return names;
}

}  // namespace

absl::StatusOr<std::string> ReadText(const std::string& name) {
  if (name == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::error_code ignored;
  std::ifstream stream(name, std::ios::binary);
  if (!stream || fs::is_directory(name, ignored)) {
    return absl::NotFoundError(absl::StrCat("cannot read ", name));
  }
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

absl::StatusOr<ConfigSource> ReadConfig(const std::string& name, bool strict) {
  ConfigSource source;
  source.name = name;
  source.config.set_strict(strict);
  absl::string_view preset = name;
  if (absl::ConsumePrefix(&preset, "preset:")) {
    source.config.set_preset(std::string(preset));
    return source;
  }
  std::error_code ignored;
  if (fs::is_directory(name, ignored)) {
    source.name = (fs::path(name) / "config.json").string();
  }
  auto text = ReadText(source.name);
  if (!text.ok() && FindPreset(name) != nullptr) {
    source.config.set_preset(name);
    return source;
  }
  if (!text.ok()) {
    return absl::NotFoundError(
        absl::StrCat(text.status().message(), NearestNameHint(name, PresetNames())));
  }
  source.text = *std::move(text);
  source.config.set_model_config_json(source.text);
  return source;
}

ConfigSource WithText(ConfigSource source, std::string text) {
  source.config.set_model_config_json(text);
  source.text = std::move(text);
  return source;
}

absl::StatusOr<std::vector<std::string>> ExpandDirectories(const std::vector<std::string>& names) {
  std::vector<std::string> expanded;
  for (const std::string& name : names) {
    std::error_code ignored;
    if (!fs::is_directory(name, ignored)) {
      expanded.push_back(name);
      continue;
    }
    const auto files = ConfigsBelow(name);
    if (!files.ok()) return files.status();
    expanded.insert(expanded.end(), files->begin(), files->end());
  }
  return expanded;
}

std::optional<TextPosition> PositionOf(const ConfigSource& source, int64_t offset) {
  if (offset < 0 || source.text.empty()) return std::nullopt;
  const absl::string_view before(source.text.data(),
                                 std::min(static_cast<size_t>(offset), source.text.size()));
  TextPosition position;
  for (char c : before) {
    const bool is_character = (c & 0xC0) != 0x80;  // not a continuation byte of UTF-8
    position.line += c == '\n' ? 1 : 0;
    position.column = c == '\n' ? 1 : position.column + (is_character ? 1 : 0);
  }
  return position;
}

}  // namespace rope::ropectl
