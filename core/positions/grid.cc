#include "core/positions/grid.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"

namespace rope {

int64_t BoundedProduct(int64_t a, int64_t b) { return std::min(a * b, kMaxBuiltPositions + 1); }

int64_t PatchCount(const Grid& grid) {
  return BoundedProduct(BoundedProduct(grid.frames, grid.rows), grid.columns);
}

absl::Status CheckGrids(absl::string_view path, absl::Span<const Grid> grids) {
  int64_t patches = 0;
  for (size_t i = 0; i < grids.size(); ++i) {
    const int64_t sides[] = {grids[i].frames, grids[i].rows, grids[i].columns};
    for (size_t side = 0; side < 3; ++side) {
      if (sides[side] < 1 || sides[side] > kMaxBuiltPositions) {
        return absl::InvalidArgumentError(
            absl::StrCat(path, "[", i, "][", side, "]: ", sides[side],
                         "; a side of a grid is an integer from 1 to ", kMaxBuiltPositions));
      }
    }
    patches += PatchCount(grids[i]);
    if (patches > kMaxBuiltPositions) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, "[", i, "]: the grids up to here have more than ", kMaxBuiltPositions,
                       " patches; at most that many are allowed"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckLastTime(absl::string_view path, double last) {
  if (last <= static_cast<double>(kMaxTime)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(path, ": puts the last frame at position ", last,
                                                 "; positions end at ", kMaxTime));
}

}  // namespace rope
