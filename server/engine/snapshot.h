// A snapshot: which tables were in use, so that a new server can have them ready.
//
// It holds what the tables are, not their bytes: these are computed again, which takes about as
// long as reading them would, and cannot be wrong. Text, one line for each bucket of a table.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/table/position_ids.h"
#include "server/engine/rope_engine.h"

namespace rope::engine {

// Reads a whole table into the cache; blocks. REQUIRES a thread that is not the engine's. The
// stream's status where it fails.
absl::Status FillCache(RopeEngine* engine, FrequencyPlan plan, PositionIds positions,
                       TableForm form);

// Of all cached tables of profile hf.
std::string WriteSnapshot(const RopeEngine& engine);

// Computes the tables of a snapshot; answers how many blocks. INVALID_ARGUMENT, naming the line,
// where it is none; what was computed until then stays.
absl::StatusOr<int64_t> RestoreSnapshot(absl::string_view text, RopeEngine* engine);

}  // namespace rope::engine
