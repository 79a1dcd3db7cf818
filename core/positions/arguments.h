// RopeIndexArguments: what a model's method get_rope_index takes.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/json/json_value.h"
#include "core/positions/family.h"
#include "core/positions/grid.h"

namespace rope {

// The names are those of transformers. An absent argument is one that was not given (None).
struct RopeIndexArguments {
  using Matrix = std::vector<std::vector<int64_t>>;  // [row][token]

  Matrix input_ids;
  std::optional<Matrix> mm_token_type_ids;  // 0 text, 1 image, 2 video
  std::optional<Matrix> attention_mask;     // 1 for a token, 0 for padding; absent: all are tokens
  std::optional<std::vector<Grid>> image_grid_thw;  // in the order of the images in the batch
  std::optional<std::vector<Grid>> video_grid_thw;
  // second_per_grid_ts or second_per_grids, whichever the family takes: seconds for each video.
  std::optional<std::vector<double>> seconds_per_grid;
  std::optional<std::vector<int64_t>> images_per_sample;  // grids for each row
  bool use_audio_in_video = false;

  int64_t rows() const { return static_cast<int64_t>(input_ids.size()); }
  int64_t tokens() const {
    return input_ids.empty() ? 0 : static_cast<int64_t>(input_ids[0].size());
  }
};

// The name of the argument with the seconds: "second_per_grids" or "second_per_grid_ts".
absl::string_view SecondsName(const PositionFamily& family);

// INVALID_ARGUMENT, with the names of those that it takes, unless the family takes the argument
// `name`.
absl::Status CheckTaken(const PositionFamily& family, absl::string_view name);

// Reads an object whose members are the arguments; null means that one is not given.
// INVALID_ARGUMENT, with the path, for a value of the wrong type and for an argument that the
// family does not take. Whether values fit each other is for CheckArguments. Pure and thread-safe.
absl::StatusOr<RopeIndexArguments> ReadRopeIndexArguments(const JsonValue& object,
                                                          const PositionFamily& family);

// INVALID_ARGUMENT, with the path, unless all matrices have the shape of input_ids, all values are
// in their ranges, and axes x rows x tokens is at most kMaxBuiltPositions. Any arguments are safe.
absl::Status CheckArguments(const PositionFamily& family, int64_t axes,
                            const RopeIndexArguments& arguments);

// The indices of the tokens of a row that are no padding. REQUIRES 0 <= row < rows().
std::vector<int64_t> KeptTokens(const RopeIndexArguments& arguments, int64_t row);

}  // namespace rope
