// BuildRopeIndex: position ids of a batch for models with several position axes.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "core/positions/arguments.h"
#include "core/positions/settings.h"

namespace rope {

// Whole positions, or float32 ones for the models that compute them in float32.
using PositionValues = std::variant<std::vector<int64_t>, std::vector<float>>;

// Positions of the tokens that GLM-Image will generate, for each row that has grids.
struct DecodePositions {
  int64_t rows = 0;
  int64_t tokens = 0;                 // of the longest row; others repeat their last position
  std::vector<int64_t> position_ids;  // [row][axis][token], three axes
};

struct RopeIndex {
  int64_t axes = 0;
  int64_t rows = 0;
  int64_t tokens = 0;
  PositionValues position_ids;  // [axis][row][token]
  // For each row the largest position, plus 1, minus the number of tokens that are no padding. A
  // token that the model generates later has its number in the row plus this on all axes.
  PositionValues rope_deltas;
  std::optional<DecodePositions> decode;  // GLM-Image with grids only
};

// What the method get_rope_index of the family's model returns in transformers 5.24.0, with two
// differences: grids without tokens are refused (except by GLM-Image, which generates them), and an
// absent attention_mask always means that there is no padding.
//
// INVALID_ARGUMENT, with the path of the argument and what would be allowed, if the arguments do
// not fit each other. Any arguments are safe. REQUIRES settings of ReadPositionSettings. Pure and
// thread-safe; time and memory are linear in the size of the answer.
absl::StatusOr<RopeIndex> BuildRopeIndex(const PositionSettings& settings,
                                         const RopeIndexArguments& arguments);

}  // namespace rope
