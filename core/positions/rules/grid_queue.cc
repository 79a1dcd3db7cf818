#include "core/positions/rules/grid_queue.h"

#include "absl/strings/str_cat.h"

namespace rope {

absl::StatusOr<Grid> GridQueue::Next(const std::string& tokens) {
  if (next_ == grids_.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(tokens, ": no grid is left for these tokens; ", name_, " has ", grids_.size(),
                     frame_by_frame_ ? " grids, and each frame is for one run of tokens"
                                     : " grids, and each is for one run of tokens"));
  }
  Grid grid = grids_[next_];
  index_ = next_;
  if (frame_by_frame_) {
    const int64_t frames = grid.frames;
    grid.frames = 1;
    if (++frame_ < frames) return grid;
    frame_ = 0;
  }
  ++next_;
  return grid;
}

std::string GridQueue::path() const { return absl::StrCat(name_, "[", index_, "]"); }

absl::Status GridQueue::CheckTokens(const std::string& tokens, int64_t found,
                                    int64_t expected) const {
  if (found == expected) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(tokens, ": the length of this run is ", found,
                                                 "; ", path(), " needs ", expected));
}

absl::Status GridQueue::CheckUsedUp() const {
  if (next_ == grids_.size()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(name_, "[", next_, "]: no tokens are left for this grid",
                   frame_ > 0 ? absl::StrCat(" from frame ", frame_) : "",
                   "; there must be tokens for every grid"));
}

}  // namespace rope
