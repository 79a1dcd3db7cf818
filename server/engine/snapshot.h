// A snapshot: a list of the tables in the cache, from which a new server can fill its own cache.
//
// A snapshot holds what identifies the tables, not their bytes. The new server computes them again:
// that takes about as long as reading them from a file, and the bytes cannot be wrong. The format
// is text with one line for each bucket of a table.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/table/position_ids.h"
#include "server/engine/rope_engine.h"

namespace rope::engine {

// Reads a whole table, so that the cache has it afterwards. Blocks until that is done. Returns the
// status of OpenTable or of the stream if one of them fails. REQUIRES that the calling thread is
// not one of the engine's.
absl::Status FillCache(RopeEngine* engine, FrequencyPlan plan, PositionIds positions,
                       TableForm form);

// The snapshot of all cached tables of profile hf. Tables of profile exact are left out: their
// plans cannot be made from their key.
std::string WriteSnapshot(const RopeEngine& engine);

// Computes the tables of a snapshot and returns the number of blocks. Blocks until that is done.
// INVALID_ARGUMENT, naming the line, if `text` is not a snapshot. If a table cannot be computed,
// FillCache's status, with the line. After an error, the tables that were restored before it stay
// in the cache; the last line is restored first. REQUIRES that the calling thread is not one of the
// engine's.
absl::StatusOr<int64_t> RestoreSnapshot(absl::string_view text, RopeEngine* engine);

}  // namespace rope::engine
