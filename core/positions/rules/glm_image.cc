// GLM-Image: pictures between start and end tokens, and the positions of pictures to generate.
#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/positions/rules/position_rows.h"
#include "core/positions/rules/rules.h"
#include "core/positions/rules/type_runs.h"

namespace rope {
namespace {

using Grids = absl::Span<const Grid>;

// The pictures of a row: each begins behind a start token and ends before an end token, and the
// k-th start belongs to the k-th end.
struct Pictures {
  std::vector<int64_t> begins;
  std::vector<int64_t> ends;
};

Pictures FindPictures(const PositionSettings& settings, const RopeIndexArguments& arguments,
                      const PositionRows<int64_t>& ids) {
  const std::vector<int64_t>& row = arguments.input_ids[ids.row()];
  Pictures pictures;
  for (int64_t i = 0; i < ids.kept(); ++i) {
    const int64_t token = row[ids.Column(i)];
    if (token == settings.tokens.image_start) pictures.begins.push_back(i + 1);
    if (token == settings.tokens.image_end) pictures.ends.push_back(i);
  }
  return pictures;
}

// The grids of each row: all of them for every row without images_per_sample, as the model does it.
absl::StatusOr<std::vector<Grids>> GridsOfRows(const RopeIndexArguments& arguments) {
  if (!arguments.image_grid_thw.has_value()) {
    return std::vector<Grids>(static_cast<size_t>(arguments.rows()));
  }
  const Grids all = *arguments.image_grid_thw;
  if (!arguments.images_per_sample.has_value()) {
    return std::vector<Grids>(static_cast<size_t>(arguments.rows()), all);
  }
  const std::vector<int64_t>& counts = *arguments.images_per_sample;
  if (static_cast<int64_t>(counts.size()) != arguments.rows()) {
    return absl::InvalidArgumentError(absl::StrCat("images_per_sample: has ", counts.size(),
                                                   " entries; it must have ", arguments.rows(),
                                                   ", one for each row of input_ids"));
  }
  std::vector<Grids> grids;
  size_t next = 0;
  for (size_t row = 0; row < counts.size(); ++row) {
    const auto left = static_cast<int64_t>(all.size() - next);
    const bool is_last = row + 1 == counts.size();
    if (counts[row] < 0 || counts[row] > left || (is_last && counts[row] != left)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "images_per_sample[", row, "]: ", counts[row], "; ", left, " of the ", all.size(),
          " grids of image_grid_thw are left for this row and those behind it"));
    }
    grids.push_back(all.subspan(next, static_cast<size_t>(counts[row])));
    next += static_cast<size_t>(counts[row]);
  }
  return grids;
}

// Sets a picture whose tokens are begin, begin + 1, ... end - 1. `path` is that of its first token.
absl::Status SetPicture(const Grid& grid, int64_t begin, int64_t end, int64_t position,
                        PositionRows<int64_t>* ids) {
  if (end - begin != PatchCount(grid)) {
    return absl::InvalidArgumentError(absl::StrCat(
        EntryPath("input_ids", ids->row(), ids->Column(end)), ": this image_end_token_id ends ",
        end - begin, " tokens; the grid of this picture in image_grid_thw needs ",
        PatchCount(grid)));
  }
  int64_t i = begin;
  for (int64_t frame = 0; frame < grid.frames; ++frame) {
    for (int64_t row = 0; row < grid.rows; ++row) {
      for (int64_t column = 0; column < grid.columns; ++column, ++i) {
        ids->Set(0, i, position + frame);
        ids->Set(1, i, position + row);
        ids->Set(2, i, position + column);
      }
    }
  }
  return absl::OkStatus();
}

// Sets a row and stores in `*next` the position behind it. A picture without a grid is text.
absl::Status SetRow(const Pictures& pictures, Grids grids, PositionRows<int64_t>* ids,
                    int64_t* next) {
  int64_t i = 0;
  *next = 0;
  const auto set_text_to = [&](int64_t end) {
    for (; i < end; ++i) ids->SetAllAxes(i, (*next)++);
  };
  const size_t count = std::min({pictures.begins.size(), pictures.ends.size(), grids.size()});
  for (size_t k = 0; k < count; ++k) {
    const int64_t begin = pictures.begins[k];
    const int64_t end = pictures.ends[k];
    if (begin < i || end < begin) {
      return absl::InvalidArgumentError(
          absl::StrCat(EntryPath("input_ids", ids->row(), ids->Column(end)),
                       ": an image_end_token_id without a start before it; start and end tokens "
                       "must alternate"));
    }
    set_text_to(begin);
    absl::Status status = SetPicture(grids[k], begin, end, *next, ids);
    if (!status.ok()) return status;
    *next += std::max(grids[k].rows, grids[k].columns);
    i = end;
  }
  set_text_to(ids->kept());
  return absl::OkStatus();
}

// The positions of the pictures that the model will generate, [axis][token]: the grids behind the
// first `complete` ones, last grid first, and one more position for the end token.
std::vector<int64_t> DecodeRow(Grids grids, size_t complete, int64_t next) {
  std::vector<int64_t> axes[3];
  for (size_t k = grids.size(); k > complete; --k) {
    const Grid& grid = grids[k - 1];
    for (int64_t row = 0; row < grid.rows; ++row) {
      for (int64_t column = 0; column < grid.columns; ++column) {
        axes[0].push_back(next);
        axes[1].push_back(next + row);
        axes[2].push_back(next + column);
      }
    }
    next += std::max(grid.rows, grid.columns);
  }
  std::vector<int64_t> all;
  for (std::vector<int64_t>& axis : axes) {
    axis.push_back(next);
    all.insert(all.end(), axis.begin(), axis.end());
  }
  return all;
}

// Rows of [axis][token] as one list [row][axis][token], as long as the longest.
DecodePositions Joined(const std::vector<std::vector<int64_t>>& rows) {
  DecodePositions decode;
  decode.rows = static_cast<int64_t>(rows.size());
  for (const std::vector<int64_t>& row : rows) {
    decode.tokens = std::max(decode.tokens, static_cast<int64_t>(row.size() / 3));
  }
  for (const std::vector<int64_t>& row : rows) {
    const size_t tokens = row.size() / 3;
    for (size_t axis = 0; axis < 3; ++axis) {
      for (size_t i = 0; i < static_cast<size_t>(decode.tokens); ++i) {
        decode.position_ids.push_back(row[axis * tokens + std::min(i, tokens - 1)]);
      }
    }
  }
  return decode;
}

// All rows have the length of the longest, so this is what the answer would take.
absl::Status CheckDecodeSize(const std::vector<Grids>& grids, int64_t max_positions) {
  int64_t longest = 1;
  for (Grids row : grids) {
    int64_t tokens = 1;
    for (const Grid& grid : row) tokens += BoundedProduct(grid.rows, grid.columns);
    longest = std::max(longest, std::min(tokens, kMaxBuiltPositions + 1));
  }
  if (BoundedProduct(BoundedProduct(longest, static_cast<int64_t>(grids.size())), 3) <=
      max_positions) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "image_grid_thw: ", grids.size(), " rows of up to ", longest,
      " tokens to generate are too many; at most ", max_positions, " positions are built"));
}

}  // namespace

absl::StatusOr<RopeIndex> GlmImagePositions(const PositionSettings& settings,
                                            const RopeIndexArguments& arguments) {
  const auto grids = GridsOfRows(arguments);
  if (!grids.ok()) return grids.status();
  absl::Status status = CheckDecodeSize(*grids, settings.max_decode_positions);
  if (!status.ok()) return status;
  PositionRows<int64_t> ids(settings.axes, arguments, 1);
  std::vector<std::vector<int64_t>> decode;
  for (int64_t row = 0; row < arguments.rows(); ++row) {
    ids.BeginRow();
    const Pictures pictures = FindPictures(settings, arguments, ids);
    const Grids row_grids = (*grids)[row];
    int64_t next = 0;
    status = SetRow(pictures, row_grids, &ids, &next);
    if (!status.ok()) return status;
    ids.EndRow(0);
    if (!row_grids.empty()) decode.push_back(DecodeRow(row_grids, pictures.ends.size(), next));
  }
  RopeIndex index = std::move(ids).Finish();
  if (!decode.empty()) index.decode = Joined(decode);
  return index;
}

}  // namespace rope
