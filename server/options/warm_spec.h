// WarmSpec: a table that --warm names; the server computes it before it is ready.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/table/table_rows.h"
#include "server/engine/rope_engine.h"

namespace rope::server {

// Written as CONFIG[,KEY=VALUE]... CONFIG is preset:NAME or a file. The keys are positions
// (START:STOP), dtype, layout, profile and layer_type. Without positions the table has
// max_position_embeddings rows, but at most 131072; it has 131072 rows if the model states no
// length.
struct WarmSpec {
  std::string config_json;
  engine::ResolveOptions resolve;
  TableForm form;
  std::optional<int64_t> start;  // positions [start, stop); absent: see above
  int64_t stop = 0;
};

// Reads the text and the configuration that it names. INVALID_ARGUMENT if the text is not such a
// specification; NOT_FOUND if there is no such preset or the file cannot be read.
absl::StatusOr<WarmSpec> ParseWarmSpec(absl::string_view text);

// Computes the table, so that the cache has it. Blocks until that is done. Returns the status of
// the engine if it fails. REQUIRES that the calling thread is not one of the engine's.
absl::Status Warm(const WarmSpec& spec, engine::RopeEngine* engine);

}  // namespace rope::server
