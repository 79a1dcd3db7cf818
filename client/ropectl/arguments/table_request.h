// The table that the flags of table, warm and bench describe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/ropectl/arguments/option_groups.h"
#include "client/ropectl/arguments/override_options.h"
#include "rope/v1/embeddings.pb.h"

namespace rope::ropectl {

struct TableOptions {
  ConfigOptions config;
  std::string spectrum;  // a file with a spectrum, instead of a configuration
  ResolutionOptions resolution;
  OverrideOptions overrides;
  std::string positions;              // START:STOP[:STEP] or P,P,...
  std::string positions_file;         // an .npy file; give this or `positions`
  std::vector<int64_t> grid;          // frames, rows, columns of one picture, instead of both
  std::string batch;                  // a file for ReadBatchFile, in place of these three
  std::string dtype = "float32";      // a name in AllDTypes()
  std::string layout = "half_split";  // a name in AllLayouts()
  std::vector<std::string> tensors;   // "cos", "sin", "cos_sin"; empty: all tensors of the layout
  bool negate_sin = false;
  bool omit_attention_factor = false;
  int64_t chunk_bytes = 0;  // 0: the server's default
};

// The positions of a text START:STOP[:STEP] or P,P,.... INVALID_ARGUMENT, naming `flag`, if it is
// neither.
absl::StatusOr<v1::PositionIds> ParsePositions(absl::string_view flag, const std::string& text);

void AddTableOptions(CLI::App* command, TableOptions* options);

// Reads the configuration and the positions and makes the request; its `tensors` are never empty.
// If that is not possible, prints the error, as JSON if `json`, and returns nullopt; the command
// must then end with kUsage.
std::optional<v1::StreamEmbeddingsRequest> ReadTableRequest(const TableOptions& options, bool json);

}  // namespace rope::ropectl
