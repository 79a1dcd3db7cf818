// What a command line of ropectl says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/rope_client.h"

namespace rope::ropectl {

// Exit codes.
inline constexpr int kFine = 0;
inline constexpr int kBadConfig = 1;
inline constexpr int kUsage = 2;
inline constexpr int kTransport = 3;

struct Options {
  std::string command;  // "info", "validate", "freqs", ...
  std::string server = "127.0.0.1:50051";
  double timeout_seconds = 0;  // 0: none
  bool json = false;

  std::string config = "-";  // a file, "-" for standard input, "preset:NAME"
  bool strict = false;
  std::string layer_type;
  std::optional<int64_t> seq_len;
  std::string profile = "hf";

  std::string positions;  // START:STOP[:STEP] or P,P,...
  std::string positions_file;
  std::string dtype = "float32";
  std::string layout = "half_split";
  std::vector<std::string> tensors;  // empty: all that the layout has
  int connections = 1;               // of bench
  int in_flight = 16;                // of bench, on each connection
  double duration_seconds = 5;       // of bench
  bool negate_sin = false;
  bool omit_attention_factor = false;
  int64_t chunk_bytes = 0;
  std::string out;

  std::vector<std::string> configs;  // of validate: as `config`, and directories
  std::string format = "text";       // of validate: "text", "json", "sarif"
  std::string preset = "auto";       // to compare with; "none"
  bool fix = false;
  bool local = false;
  std::string color = "auto";
  std::string name;  // of explain: a code; of presets: a preset, or ""

  client::CallOptions call_options() const;
};

// The options; or the exit code where the program is to end at once (--help, a mistake), everything
// said.
struct CommandLine {
  Options options;
  std::optional<int> exit_code;
};
CommandLine ParseCommandLine(int argc, char** argv);

}  // namespace rope::ropectl
