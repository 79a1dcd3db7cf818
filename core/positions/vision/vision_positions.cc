#include "core/positions/vision/vision_positions.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/positions/json_values.h"

namespace rope {
namespace {

absl::string_view InputName(VisionInput input) {
  switch (input) {
    case VisionInput::kGrids:
      return "grid";
    case VisionInput::kPixels:
      return "pixels";
    case VisionInput::kSizes:
      return "sizes";
  }
  return "";
}

// The grid of a picture of [height, width] pixels.
absl::StatusOr<Grid> GridOfPixels(const std::vector<int64_t>& size, const std::string& path,
                                  int64_t patch_size) {
  if (size.size() != 2) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": has ", size.size(), " entries; it must be [height, width]"));
  }
  for (int64_t side : size) {
    if (side < patch_size) {
      return absl::InvalidArgumentError(absl::StrCat(
          path, ": ", side, " pixels; a side must have at least one patch of ", patch_size));
    }
  }
  return Grid{1, size[0] / patch_size, size[1] / patch_size};
}

absl::StatusOr<std::vector<Grid>> GridsOf(const JsonValue& value, const VisionSettings& settings) {
  const absl::string_view name = InputName(settings.family->input);
  if (settings.family->input == VisionInput::kGrids) return ReadGrids(value, name);
  std::vector<std::vector<int64_t>> sizes;
  if (settings.family->input == VisionInput::kPixels) {
    auto size = ReadIntegers(value, name);
    if (!size.ok()) return size.status();
    sizes.push_back(*std::move(size));
  } else {
    auto list = ReadIntegerRows(value, name);
    if (!list.ok()) return list.status();
    sizes = *std::move(list);
  }
  std::vector<Grid> grids;
  for (size_t i = 0; i < sizes.size(); ++i) {
    const bool is_list = settings.family->input == VisionInput::kSizes;
    const std::string path = is_list ? absl::StrCat(name, "[", i, "]") : std::string(name);
    const auto grid = GridOfPixels(sizes[i], path, settings.patch_size);
    if (!grid.ok()) return grid.status();
    grids.push_back(*grid);
  }
  return grids;
}

// The merge of picture `i`. REQUIRES pictures that CheckPictures accepts.
int64_t MergeOf(const VisionSettings& settings, const VisionPictures& pictures, size_t i) {
  if (settings.family->merge != VisionMerge::kPerPicture) return settings.spatial_merge_size;
  return (*pictures.merge_sizes)[i];
}

absl::Status CheckMergeSizes(const VisionSettings& settings, const VisionPictures& pictures) {
  if (settings.family->merge != VisionMerge::kPerPicture) return absl::OkStatus();
  const size_t count = pictures.merge_sizes.has_value() ? pictures.merge_sizes->size() : 0;
  if (count != pictures.grids.size()) {
    return absl::InvalidArgumentError(absl::StrCat("merge_sizes: has ", count,
                                                   " entries; it must have one for each of the ",
                                                   pictures.grids.size(), " grids"));
  }
  for (size_t i = 0; i < count; ++i) {
    const int64_t merge = (*pictures.merge_sizes)[i];
    if (merge < 1 || merge > kMaxBuiltPositions) {
      return absl::InvalidArgumentError(absl::StrCat("merge_sizes[", i, "]: ", merge,
                                                     "; it must be an integer from 1 to ",
                                                     kMaxBuiltPositions));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckPictures(const VisionSettings& settings, const VisionPictures& pictures) {
  const absl::string_view name = InputName(settings.family->input);
  if (pictures.grids.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(name,
                                                   ": it is missing or empty; there must be "
                                                   "at least one picture"));
  }
  absl::Status status = CheckGrids(name, pictures.grids);
  if (status.ok()) status = CheckMergeSizes(settings, pictures);
  if (!status.ok()) return status;
  int64_t tokens = 0;
  for (size_t i = 0; i < pictures.grids.size(); ++i) {
    const Grid& grid = pictures.grids[i];
    const int64_t merge = MergeOf(settings, pictures, i);
    if (grid.rows % merge != 0 || grid.columns % merge != 0) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, "[", i, "]: ", grid.rows, " rows and ", grid.columns,
                       " columns of patches; both must be divisible by the merge size ", merge));
    }
    tokens += PatchCount(grid) + 1;
  }
  const int64_t axes = settings.family->has_frame_axis ? 3 : 2;
  if (tokens * axes <= kMaxBuiltPositions) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(name, ": ", tokens, " patches on ", axes,
                                                 " axes are too many; at most ", kMaxBuiltPositions,
                                                 " positions are built"));
}

// Visits the cells of a frame of rows x columns window by window, as visit(row, column), and calls
// end_window() behind each window.
template <typename Visit, typename End>
void ForEachWindow(int64_t rows, int64_t columns, int64_t side, const Visit& visit,
                   const End& end_window) {
  for (int64_t top = 0; top < rows; top += side) {
    for (int64_t left = 0; left < columns; left += side) {
      for (int64_t row = top; row < std::min(rows, top + side); ++row) {
        for (int64_t column = left; column < std::min(columns, left + side); ++column) {
          visit(row, column);
        }
      }
      end_window();
    }
  }
}

// Adds the patches of a picture to `out`.
void AddPicture(const VisionSettings& settings, const Grid& grid, int64_t merge,
                VisionPositions* out) {
  const VisionFamily& family = *settings.family;
  if (family.has_class_row) out->position_ids.insert(out->position_ids.end(), {0, 0});
  // A block is a window of merge x merge patches.
  const bool is_windowed = family.windows == VisionWindows::kApplied;
  const int64_t side = is_windowed ? settings.window_cells : merge;
  for (int64_t frame = 0; frame < grid.frames; ++frame) {
    const auto add = [&](int64_t row, int64_t column) {
      if (family.has_frame_axis) out->position_ids.push_back(frame);
      int64_t place[] = {row + family.first, column + family.first};
      if (family.column_first) std::swap(place[0], place[1]);
      out->position_ids.insert(out->position_ids.end(), {place[0], place[1]});
    };
    ForEachWindow(grid.rows, grid.columns, side, add, [] {});
  }
}

// The order in which a tower takes its tokens, and where its windows end.
void AddWindows(const VisionSettings& settings, const Grid& grid, VisionPositions* out) {
  const int64_t merge = settings.spatial_merge_size;
  const int64_t rows = grid.rows / merge;
  const int64_t columns = grid.columns / merge;
  for (int64_t frame = 0; frame < grid.frames; ++frame) {
    const auto first = static_cast<int64_t>(out->window_index.size());
    const auto add = [&](int64_t row, int64_t column) {
      out->window_index.push_back(first + row * columns + column);
    };
    const auto end_window = [&] {
      out->cu_window_seqlens.push_back(static_cast<int64_t>(out->window_index.size()) * merge *
                                       merge);
    };
    ForEachWindow(rows, columns, settings.window_cells, add, end_window);
  }
}

}  // namespace

absl::StatusOr<VisionPictures> ReadVisionPictures(const JsonValue& object,
                                                  const VisionSettings& settings) {
  if (!object.is_object()) return MustBe("inputs", "an object", object);
  const absl::string_view name = InputName(settings.family->input);
  const bool has_merges = settings.family->merge == VisionMerge::kPerPicture;
  VisionPictures pictures;
  for (const JsonMember& member : object.as_object()) {
    if (member.value.is_null()) continue;
    if (member.key == name) {
      auto grids = GridsOf(member.value, settings);
      if (!grids.ok()) return grids.status();
      pictures.grids = *std::move(grids);
    } else if (has_merges && member.key == "merge_sizes") {
      auto sizes = ReadIntegers(member.value, "merge_sizes");
      if (!sizes.ok()) return sizes.status();
      pictures.merge_sizes = *std::move(sizes);
    } else {
      return absl::InvalidArgumentError(absl::StrCat(
          member.key, ": the vision tower of ", settings.family->model_type,
          " does not take this; it takes ", name, has_merges ? " and merge_sizes" : ""));
    }
  }
  return pictures;
}

absl::StatusOr<VisionPositions> BuildVisionPositions(const VisionSettings& settings,
                                                     const VisionPictures& pictures) {
  absl::Status status = CheckPictures(settings, pictures);
  if (!status.ok()) return status;
  VisionPositions positions;
  positions.axes = settings.family->has_frame_axis ? 3 : 2;
  const bool reports_windows = settings.family->windows == VisionWindows::kReported;
  if (reports_windows) positions.cu_window_seqlens.push_back(0);
  for (size_t i = 0; i < pictures.grids.size(); ++i) {
    AddPicture(settings, pictures.grids[i], MergeOf(settings, pictures, i), &positions);
    if (reports_windows) AddWindows(settings, pictures.grids[i], &positions);
  }
  return positions;
}

}  // namespace rope
