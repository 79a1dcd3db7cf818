// Families whose vision tokens are runs of mm_token_type_ids.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/positions/rules/grid_queue.h"
#include "core/positions/rules/position_rows.h"
#include "core/positions/rules/rules.h"
#include "core/positions/rules/type_runs.h"

namespace rope {
namespace {

// Vision tokens as a block of positions: the size of the block in tokens, and its way through time.
struct Block {
  int64_t frames = 1;
  int64_t rows = 1;
  int64_t columns = 1;
  int64_t stride = 0;  // what a frame adds to all axes
  // The temporal position of frame f is f * step, or int(f * float_step) in float32.
  int64_t step = 1;
  float float_step = 0;
  bool is_float = false;

  int64_t tokens() const { return PatchCount({frames, rows, columns}); }
  int64_t TimeOf(int64_t frame) const {
    if (!is_float) return frame * step;
    return static_cast<int64_t>(static_cast<float>(frame) * float_step);
  }
};

class TypeRunBuilder {
 public:
  TypeRunBuilder(const PositionSettings& settings, const RopeIndexArguments& arguments)
      : settings_(settings),
        arguments_(arguments),
        frames_(settings.family->video_frames),
        images_("image_grid_thw", arguments.image_grid_thw),
        videos_("video_grid_thw", arguments.video_grid_thw, frames_ == VideoFrames::kOwnRun),
        ids_(settings.axes, arguments, 0) {}

  absl::StatusOr<RopeIndex> Build() && {
    for (int64_t row = 0; row < arguments_.rows(); ++row) {
      absl::Status status = BuildRow(row);
      if (!status.ok()) return status;
    }
    for (const GridQueue* grids : {&images_, &videos_}) {
      absl::Status status = grids->CheckUsedUp();
      if (!status.ok()) return status;
    }
    return std::move(ids_).Finish();
  }

 private:
  absl::Status BuildRow(int64_t row) {
    ids_.BeginRow();
    if (ids_.kept() == 0) return AllPadding(row);
    next_ = 0;
    for (const TypeRun& run : TypeRuns(arguments_, row)) {
      if (run.type == kTextType) {
        for (int64_t i = 0; i < run.size; ++i) ids_.SetAllAxes(run.first + i, next_ + i);
        next_ += run.size;
      } else {
        absl::Status status = SetVision(run);
        if (!status.ok()) return status;
      }
    }
    ids_.EndRow();
    return absl::OkStatus();
  }

  absl::Status SetVision(const TypeRun& run) {
    GridQueue& grids = run.type == kImageType ? images_ : videos_;
    const std::string path = EntryPath("mm_token_type_ids", ids_.row(), ids_.Column(run.first));
    const absl::StatusOr<Grid> grid = grids.Next(path);
    if (!grid.ok()) return grid.status();
    const Block block = BlockOf(*grid, run.type, grids.index());
    absl::Status status = grids.CheckTokens(path, run.size, block.tokens());
    if (status.ok()) status = CheckTime(block);
    if (!status.ok()) return status;
    SetBlock(block, run.first);
    if (frames_ == VideoFrames::kOwnBlock) {
      const int64_t side = std::max(block.rows, block.columns);
      next_ += (block.frames - 1) * block.stride + side;
    } else {
      next_ += std::max(grid->rows, grid->columns) / settings_.spatial_merge_size;
    }
    return absl::OkStatus();
  }

  Block BlockOf(const Grid& grid, int64_t type, size_t video) const {
    Block block;
    block.frames = grid.frames;
    block.rows = grid.rows / settings_.spatial_merge_size;
    block.columns = grid.columns / settings_.spatial_merge_size;
    if (frames_ == VideoFrames::kOwnBlock) {
      block.columns += 1;  // every row of patches ends with a token for the new line
      block.stride = std::max(block.rows, block.columns);
      block.step = 0;
    } else if (type == kVideoType && frames_ == VideoFrames::kMerged) {
      block.frames = grid.frames / settings_.temporal_merge_size;
    } else if (type == kVideoType && frames_ == VideoFrames::kSeconds) {
      block.step = settings_.tokens_per_second;
      if (arguments_.seconds_per_grid.has_value()) {
        const auto seconds = static_cast<float>((*arguments_.seconds_per_grid)[video]);
        block.is_float = true;
        block.float_step = static_cast<float>(settings_.tokens_per_second) * seconds;
      }
    }
    return block;
  }

  // The float32 product must fit an integer.
  absl::Status CheckTime(const Block& block) const {
    if (!block.is_float) return absl::OkStatus();
    const float last = static_cast<float>(block.frames - 1) * block.float_step;
    return CheckLastTime(absl::StrCat(SecondsName(*settings_.family), "[", videos_.index(), "]"),
                         last);
  }

  void SetBlock(const Block& block, int64_t first) {
    int64_t i = first;
    for (int64_t frame = 0; frame < block.frames; ++frame) {
      const int64_t start = next_ + frame * block.stride;
      const int64_t time = start + block.TimeOf(frame);
      for (int64_t row = 0; row < block.rows; ++row) {
        for (int64_t column = 0; column < block.columns; ++column, ++i) {
          ids_.Set(0, i, time);
          ids_.Set(1, i, start + row);
          ids_.Set(2, i, start + column);
        }
      }
    }
  }

  const PositionSettings& settings_;
  const RopeIndexArguments& arguments_;
  VideoFrames frames_;
  GridQueue images_;
  GridQueue videos_;
  PositionRows<int64_t> ids_;
  int64_t next_ = 0;  // where the next run begins
};

}  // namespace

absl::StatusOr<RopeIndex> TypeRunPositions(const PositionSettings& settings,
                                           const RopeIndexArguments& arguments) {
  return TypeRunBuilder(settings, arguments).Build();
}

}  // namespace rope
