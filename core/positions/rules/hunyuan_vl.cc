// HunYuan-VL: the sequence number, and column, row and picture number on the last three axes.
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

// Sets the picture whose tokens are `run`. A run may have one more token before and behind the
// picture, which have their sequence numbers. Each row of patches ends with one more column.
absl::Status SetPicture(const PositionSettings& settings, const TypeRun& run, int64_t picture,
                        GridQueue* grids, PositionRows<int64_t>* ids) {
  const std::string path = EntryPath("mm_token_type_ids", ids->row(), ids->Column(run.first));
  const absl::StatusOr<Grid> grid = grids->Next(path);
  if (!grid.ok()) return grid.status();
  const int64_t rows = grid->rows / settings.spatial_merge_size;
  const int64_t columns = grid->columns / settings.spatial_merge_size + 1;
  const int64_t tokens = BoundedProduct(rows, columns);
  const bool has_ends = run.size == tokens + 2;
  if (!has_ends && run.size != tokens) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": the length of this run is ", run.size,
                                                   "; ", grids->path(), " needs ", tokens,
                                                   ", or two more with a start and an end"));
  }
  const int64_t axis = settings.axes - 3;
  int64_t i = run.first;
  if (has_ends) {
    ids->SetAllAxes(i, i);
    ids->SetAllAxes(i + tokens + 1, i + tokens + 1);
    ++i;
  }
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t column = 0; column < columns; ++column, ++i) {
      for (int64_t k = 0; k < axis; ++k) ids->Set(k, i, i);
      ids->Set(axis, i, column);
      ids->Set(axis + 1, i, row);
      ids->Set(axis + 2, i, picture);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RopeIndex> HunYuanVlPositions(const PositionSettings& settings,
                                             const RopeIndexArguments& arguments) {
  const bool has_grids = arguments.image_grid_thw.has_value();
  GridQueue grids("image_grid_thw", arguments.image_grid_thw);
  PositionRows<int64_t> ids(settings.axes, arguments, 0);
  int64_t picture = 0;  // counts on from row to row, as the model does
  for (int64_t row = 0; row < arguments.rows(); ++row) {
    ids.BeginRow();
    if (ids.kept() == 0) return AllPadding(row);
    for (const TypeRun& run : TypeRuns(arguments, row)) {
      if (has_grids && run.type == kImageType) {
        absl::Status status = SetPicture(settings, run, picture++, &grids, &ids);
        if (!status.ok()) return status;
        continue;
      }
      for (int64_t i = run.first; i < run.first + run.size; ++i) ids.SetAllAxes(i, i);
    }
    ids.EndRow();
  }
  absl::Status status = grids.CheckUsedUp();
  if (!status.ok()) return status;
  return std::move(ids).Finish();
}

}  // namespace rope
