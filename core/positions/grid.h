// Grid: the patches of an image or a video, and how many positions one call may build.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rope {

// The most positions of one answer, all axes together, and the largest side of a grid. It keeps an
// answer below 1 GiB, and every sum of positions far from the ends of int64_t.
inline constexpr int64_t kMaxBuiltPositions = int64_t{1} << 26;

// Sides in patches, as image_grid_thw and video_grid_thw have them. An image has one frame.
struct Grid {
  int64_t frames = 1;
  int64_t rows = 1;
  int64_t columns = 1;
};

// a * b, or kMaxBuiltPositions + 1 if that is less. REQUIRES numbers from 0 to
// kMaxBuiltPositions + 1.
int64_t BoundedProduct(int64_t a, int64_t b);

// frames * rows * columns, bounded as BoundedProduct does it. REQUIRES sides that CheckGrids
// accepts.
int64_t PatchCount(const Grid& grid);

// INVALID_ARGUMENT, with the path of the first bad side below `path` ("image_grid_thw[2][1]"),
// unless all sides lie in [1, kMaxBuiltPositions] and all grids together have at most
// kMaxBuiltPositions patches. Any sides are safe.
absl::Status CheckGrids(absl::string_view path, absl::Span<const Grid> grids);

// The largest temporal position of a frame whose time is given in seconds. int32 ends here.
inline constexpr int64_t kMaxTime = (int64_t{1} << 31) - 1;

// INVALID_ARGUMENT, with the path of the seconds, if the position `last` of a video's last frame is
// beyond kMaxTime.
absl::Status CheckLastTime(absl::string_view path, double last);

}  // namespace rope
