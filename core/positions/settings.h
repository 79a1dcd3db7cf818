// PositionSettings: what a config.json says about the numbering of tokens.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "core/json/json_value.h"
#include "core/positions/family.h"
#include "core/positions/grid.h"

namespace rope {

struct PositionSettings {
  const PositionFamily* family = nullptr;
  int64_t axes = 3;
  int64_t spatial_merge_size = 2;  // patches that become one token, along each side
  int64_t temporal_merge_size = 2;
  int64_t tokens_per_second = 4;
  int64_t position_id_per_seconds = 25;
  TokenIds tokens;
  // The most positions of tokens to generate; their number does not follow from the input.
  int64_t max_decode_positions = kMaxBuiltPositions;
};

// Reads the values that the family's method get_rope_index reads, with the defaults of its
// configuration class. Values of `vision_config` may also stand beside model_type, if the document
// has no vision_config. INVALID_ARGUMENT, with the path, for an unknown family and for a value that
// is no integer in its range. Pure and thread-safe.
absl::StatusOr<PositionSettings> ReadPositionSettings(const JsonValue& config);

}  // namespace rope
