// Configurations as a command line names them.
#pragma once

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

// A file, "-" for standard input, or "preset:NAME". NOT_FOUND for a file that cannot be read;
// whether a preset exists is the server's to say.
absl::StatusOr<ConfigSource> ReadConfig(const std::string& name, bool strict);

// Directories become the files named config.json and *.config.json below them, sorted; everything
// else stays. NOT_FOUND for a directory without any.
absl::StatusOr<std::vector<std::string>> ExpandDirectories(const std::vector<std::string>& names);

}  // namespace rope::ropectl
