// BuildVisionPositions: the positions of patches, as vision towers hand them to their rotary
// module.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/json/json_value.h"
#include "core/positions/grid.h"

namespace rope {

// What says how many patches a picture has.
enum class VisionInput {
  kGrids,   // "grid": a list of [frames, rows, columns], in patches
  kPixels,  // "pixels": [height, width] of the one picture
  kSizes    // "sizes": a list of [height, width] in pixels
};

// How the patches are ordered: in blocks of merge x merge patches, from left to right and from top
// to bottom, and in the same way inside a block. Frames come one after the other.
enum class VisionMerge {
  kConfigured,  // merge is spatial_merge_size
  kOne,         // row by row
  kPerPicture   // merge is an entry of "merge_sizes"
};

enum class VisionWindows {
  kNone,
  kReported,  // the tower moves cos and sin into the order of its windows: see VisionPositions
  kApplied    // the positions have the order of the windows
};

struct VisionFamily {
  absl::string_view model_type;
  absl::string_view vision_model_type;  // of vision_config; "" if it has the same name
  VisionMerge merge = VisionMerge::kConfigured;
  VisionInput input = VisionInput::kGrids;
  VisionWindows windows = VisionWindows::kNone;
  bool has_frame_axis = false;  // three axes: frame, row, column
  bool column_first = false;    // axis 0 is the column
  bool has_class_row = false;   // each picture begins with a token at 0, 0
  int64_t first = 0;            // the row and the column of the first patch
  int64_t patch_size = 14;      // the default of the configuration class
};

// All families, sorted by model_type. The list lives as long as the program.
absl::Span<const VisionFamily> AllVisionFamilies();

struct VisionSettings {
  const VisionFamily* family = nullptr;
  int64_t spatial_merge_size = 2;
  int64_t patch_size = 14;   // in pixels
  int64_t window_cells = 1;  // the side of a window, in blocks that become one token
};

// Reads a config.json of a whole model, or that of its vision part. INVALID_ARGUMENT, with the
// path, for a model_type whose rule is not known and for a value that is no integer in its range.
// Pure and thread-safe.
absl::StatusOr<VisionSettings> ReadVisionSettings(const JsonValue& config);

struct VisionPictures {
  std::vector<Grid> grids;
  std::optional<std::vector<int64_t>> merge_sizes;  // one for each grid
};

// Reads {"grid": ...}, {"pixels": ...} or {"sizes": ...}, whichever the family takes, and
// "merge_sizes". Sizes in pixels are divided by patch_size, rounded down. INVALID_ARGUMENT, with
// the path, for anything else. Pure and thread-safe.
absl::StatusOr<VisionPictures> ReadVisionPictures(const JsonValue& object,
                                                  const VisionSettings& settings);

struct VisionPositions {
  int64_t axes = 0;
  std::vector<int64_t> position_ids;  // [patch][axis]
  // For families with kReported: the tower takes groups of spatial_merge_size^2 rows of its tables
  // in the order window_index, and windows end after cu_window_seqlens[1], [2], ... patches.
  std::vector<int64_t> window_index;
  std::vector<int64_t> cu_window_seqlens;
};

// INVALID_ARGUMENT, with the path, unless all sides lie in [1, kMaxBuiltPositions] and are
// divisible by the merge, and axes x patches is at most kMaxBuiltPositions. REQUIRES settings of
// ReadVisionSettings; any pictures are safe. Pure and thread-safe; time and memory are linear in
// the size of the answer. Source: transformers/vision_utils.py and the models' code,
// transformers 5.24.0.
absl::StatusOr<VisionPositions> BuildVisionPositions(const VisionSettings& settings,
                                                     const VisionPictures& pictures);

}  // namespace rope
