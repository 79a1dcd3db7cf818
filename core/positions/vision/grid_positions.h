// BuildGridPositions: the positions of the patches of one picture, for a table of its tower.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "core/json/json_value.h"
#include "core/positions/grid.h"

namespace rope {

struct GridPositions {
  int64_t axes = 0;
  std::vector<double> values;  // those of axis 0, then those of axis 1, ...
};

// The positions as the tower of `config` hands them to its rotary module: by the rules of
// BuildVisionPositions, and for towers without such a rule row by row (Gemma 4, SAM 2, DINOv3,
// Llama 4, EfficientLoFTR). For a spectrum document, {"spectrum": ...}, which says nothing about
// positions: frame, row and column, or row and column if it has two axes, counted from 0, row by
// row. INVALID_ARGUMENT for another model_type, for sides that are no patches, and for several
// frames without an axis for them. Pure and thread-safe. Source: transformers 5.24.0.
absl::StatusOr<GridPositions> BuildGridPositions(const JsonValue& config, const Grid& grid);

}  // namespace rope
