#include "core/positions/vision/grid_positions.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/positions/vision/vision_positions.h"

namespace rope {
namespace {

// Towers that take one image, row by row.
struct ImageTower {
  absl::string_view model_type;
  bool column_first = false;  // axis 0 is the column
  int64_t first = 0;          // the row and the column of the first patch
  bool centred = false;       // the middle of patch i of n is 2 (i + 0.5) / n - 1, in float32
  bool class_last = false;    // a token at 0, 0 follows the patches
};

constexpr ImageTower kImageTowers[] = {
    {.model_type = "dinov3_vit", .centred = true},
    {.model_type = "edgetam_video", .column_first = true},
    {.model_type = "efficientloftr", .first = 1},
    {.model_type = "eomt_dinov3", .centred = true},
    {.model_type = "gemma4_vision", .column_first = true},
    {.model_type = "llama4_vision_model", .first = 1, .class_last = true},
    {.model_type = "sam2_video", .column_first = true},
    {.model_type = "sam3_tracker_video", .column_first = true},
    {.model_type = "sapiens2", .centred = true},
};

const ImageTower* FindImageTower(absl::string_view model_type) {
  for (const ImageTower& tower : kImageTowers) {
    if (tower.model_type == model_type) return &tower;
  }
  return nullptr;
}

double Coordinate(const ImageTower& tower, int64_t place, int64_t count) {
  if (!tower.centred) return static_cast<double>(place + tower.first);
  const float share = (static_cast<float>(place) + 0.5F) / static_cast<float>(count);
  return 2.0F * share - 1.0F;
}

absl::Status OneFrame(const Grid& grid) {
  if (grid.frames == 1) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("grid must have 1 frame, not ", grid.frames,
                                                 ": the model has no axis for time"));
}

absl::StatusOr<GridPositions> PositionsOfImage(const ImageTower& tower, const Grid& grid) {
  if (absl::Status status = OneFrame(grid); !status.ok()) return status;
  std::vector<double> rows;
  std::vector<double> columns;
  for (int64_t row = 0; row < grid.rows; ++row) {
    for (int64_t column = 0; column < grid.columns; ++column) {
      rows.push_back(Coordinate(tower, row, grid.rows));
      columns.push_back(Coordinate(tower, column, grid.columns));
    }
  }
  if (tower.class_last) {
    rows.push_back(0.0);
    columns.push_back(0.0);
  }
  if (tower.column_first) std::swap(rows, columns);
  rows.insert(rows.end(), columns.begin(), columns.end());
  return GridPositions{2, std::move(rows)};
}

absl::StatusOr<GridPositions> PositionsOfSpectrum(const JsonValue& spectrum, const Grid& grid) {
  const JsonValue* axes = spectrum.Find("axes");
  const size_t count = axes != nullptr && axes->is_array() ? axes->as_array().size() : 0;
  if (count == 2) return PositionsOfImage(ImageTower(), grid);
  if (count != 3) {
    return absl::InvalidArgumentError(
        absl::StrCat("a grid has two or three axes, and this spectrum has ", count,
                     "; give positions in a file instead"));
  }
  GridPositions positions{3, {}};
  for (int axis = 0; axis < 3; ++axis) {
    for (int64_t i = 0; i < PatchCount(grid); ++i) {
      const int64_t place = axis == 0   ? i / (grid.rows * grid.columns)
                            : axis == 1 ? i / grid.columns % grid.rows
                                        : i % grid.columns;
      positions.values.push_back(static_cast<double>(place));
    }
  }
  return positions;
}

}  // namespace

absl::StatusOr<GridPositions> BuildGridPositions(const JsonValue& config, const Grid& grid) {
  if (absl::Status status = CheckGrids("grid", {grid}); !status.ok()) return status;
  if (const JsonValue* spectrum = config.Find("spectrum"); spectrum != nullptr) {
    return PositionsOfSpectrum(*spectrum, grid);
  }
  if (const ImageTower* tower = FindImageTower(StringMember(config, "model_type"))) {
    return PositionsOfImage(*tower, grid);
  }
  const auto settings = ReadVisionSettings(config);
  if (!settings.ok()) return settings.status();
  const auto built = BuildVisionPositions(*settings, {{grid}, std::nullopt});
  if (!built.ok()) return built.status();
  GridPositions positions{built->axes, {}};
  for (int64_t axis = 0; axis < built->axes; ++axis) {
    for (size_t i = axis; i < built->position_ids.size(); i += built->axes) {
      positions.values.push_back(static_cast<double>(built->position_ids[i]));
    }
  }
  return positions;
}

}  // namespace rope
