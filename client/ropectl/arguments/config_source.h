// Configurations as a command line names them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rope/v1/model_config.pb.h"

namespace rope::ropectl {

struct ConfigSource {
  std::string name;        // as the command line has it
  std::string text;        // the document; empty for a preset
  v1::ModelConfig config;  // for requests
};

// The bytes of a file, or of standard input for "-". NOT_FOUND if it cannot be read.
absl::StatusOr<std::string> ReadText(const std::string& name);

// `name` is a file, a folder with a config.json, "-" for standard input, or "preset:NAME"; a
// preset's bare name if there is no file of that name. NOT_FOUND for what is none of these. Does
// not check that the preset of "preset:NAME" exists; whoever uses the configuration does.
absl::StatusOr<ConfigSource> ReadConfig(const std::string& name, bool strict);

// The source with another text.
ConfigSource WithText(ConfigSource source, std::string text);

// Replaces each directory by the files below it that are named config.json or *.config.json,
// sorted; other names stay. NOT_FOUND for a directory without such a file.
absl::StatusOr<std::vector<std::string>> ExpandDirectories(const std::vector<std::string>& names);

// Line and column in a text, from 1; columns count characters and not bytes.
struct TextPosition {
  int64_t line = 1;
  int64_t column = 1;
};

// The position of byte `offset` in the document; absent for a negative offset (a missing field) and
// for a preset.
std::optional<TextPosition> PositionOf(const ConfigSource& source, int64_t offset);

}  // namespace rope::ropectl
