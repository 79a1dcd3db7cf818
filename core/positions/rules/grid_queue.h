// GridQueue: hands out the grids of a batch in order, and says what is wrong if they do not fit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/positions/grid.h"

namespace rope {

// Not thread-safe. `name` and `grids` must outlive it.
class GridQueue {
 public:
  // An absent list has no grids. With `frame_by_frame`, a grid of n frames is handed out as n grids
  // of one frame.
  GridQueue(absl::string_view name, const std::optional<std::vector<Grid>>& grids,
            bool frame_by_frame = false)
      : name_(name), frame_by_frame_(frame_by_frame) {
    if (grids.has_value()) grids_ = *grids;
  }

  // The next grid. INVALID_ARGUMENT if none is left; `tokens` says for which tokens it is needed.
  absl::StatusOr<Grid> Next(const std::string& tokens);

  // The index in the list, and the path, of the grid that Next returned last.
  size_t index() const { return index_; }
  std::string path() const;

  // INVALID_ARGUMENT unless a grid that makes `expected` tokens fits `found` tokens.
  absl::Status CheckTokens(const std::string& tokens, int64_t found, int64_t expected) const;

  // INVALID_ARGUMENT if a grid is left for which there are no tokens.
  absl::Status CheckUsedUp() const;

 private:
  absl::string_view name_;
  absl::Span<const Grid> grids_;
  bool frame_by_frame_;
  size_t next_ = 0;    // the grid that the next call hands out
  int64_t frame_ = 0;  // the frame of it
  size_t index_ = 0;
};

}  // namespace rope
