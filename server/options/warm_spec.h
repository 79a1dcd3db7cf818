// WarmSpec: a table named on the command line, to be computed before the server is ready.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/table/table_rows.h"
#include "server/engine/rope_engine.h"

namespace rope::server {

// CONFIG[,KEY=VALUE]...: CONFIG is preset:NAME or a file; keys are positions (START:STOP), dtype,
// layout, profile, layer_type. Without positions: all that the model was made for, up to 131072.
struct WarmSpec {
  std::string config_json;
  engine::ResolveOptions resolve;
  TableForm form;
  std::optional<int64_t> start;
  int64_t stop = 0;
};

// INVALID_ARGUMENT, NOT_FOUND, saying what is wrong.
absl::StatusOr<WarmSpec> ParseWarmSpec(absl::string_view text);

// Has the table computed; blocks. REQUIRES a thread that is not the engine's.
absl::Status Warm(const WarmSpec& spec, engine::RopeEngine* engine);

}  // namespace rope::server
