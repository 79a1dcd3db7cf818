// Qwen2.5-Omni and Qwen3-Omni: vision tokens behind start tokens, and time in seconds.
#include <algorithm>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/positions/rules/grid_queue.h"
#include "core/positions/rules/position_rows.h"
#include "core/positions/rules/rules.h"
#include "core/positions/rules/type_runs.h"

namespace rope {
namespace {

// T is int64_t for Qwen2.5-Omni. For Qwen3-Omni it is float, and each sum below is one float32
// rounding, in the order of the model.
template <typename T>
class OmniBuilder {
 public:
  OmniBuilder(const PositionSettings& settings, const RopeIndexArguments& arguments)
      : settings_(settings),
        arguments_(arguments),
        images_("image_grid_thw", arguments.image_grid_thw),
        videos_("video_grid_thw", arguments.video_grid_thw),
        has_grids_(arguments.image_grid_thw.has_value() || arguments.video_grid_thw.has_value()),
        ids_(settings.axes, arguments, has_grids_ && kIsFloat ? T{0} : T{1}) {}

  absl::StatusOr<RopeIndex> Build() && {
    absl::Status status = has_grids_ ? CheckSettings() : absl::OkStatus();
    if (!status.ok()) return status;
    for (int64_t row = 0; row < arguments_.rows(); ++row) {
      ids_.BeginRow();
      if (!has_grids_) {
        BuildTextRow();
        continue;
      }
      status = BuildRow();
      if (!status.ok()) return status;
    }
    status = images_.CheckUsedUp();
    if (status.ok()) status = videos_.CheckUsedUp();
    if (!status.ok()) return status;
    return std::move(ids_).Finish();
  }

 private:
  static constexpr bool kIsFloat = std::is_same_v<T, float>;

  absl::Status CheckSettings() const {
    if (!settings_.tokens.vision_start.has_value()) {
      return absl::InvalidArgumentError(
          "vision_start_token_id: it is missing in the configuration, and images and videos are "
          "found by it; it must be the id of a token");
    }
    if (arguments_.use_audio_in_video) {
      return absl::InvalidArgumentError(
          "use_audio_in_video: positions of videos with audio are not supported; it must be false");
    }
    if (arguments_.video_grid_thw.has_value() && !arguments_.video_grid_thw->empty() &&
        !arguments_.seconds_per_grid.has_value()) {
      return absl::InvalidArgumentError(
          absl::StrCat("second_per_grids: it is missing; it must have one number for each of the ",
                       arguments_.video_grid_thw->size(), " grids of video_grid_thw"));
    }
    return absl::OkStatus();
  }

  // Without any grids. The model takes the largest position over the whole row, and padding has 1.
  void BuildTextRow() {
    for (int64_t i = 0; i < ids_.kept(); ++i) ids_.SetAllAxes(i, static_cast<T>(i));
    const bool has_padding = ids_.kept() < arguments_.tokens();
    const T largest = has_padding ? std::max(ids_.largest(), T{1}) : ids_.largest();
    ids_.EndRow(largest + T{1} - static_cast<T>(ids_.kept()));
  }

  int64_t Token(int64_t i) const { return arguments_.input_ids[ids_.row()][ids_.Column(i)]; }
  std::string Path(int64_t i) const { return EntryPath("input_ids", ids_.row(), ids_.Column(i)); }

  absl::Status BuildRow() {
    if (ids_.kept() == 0) return AllPadding(ids_.row());
    next_ = T{0};
    int64_t text = 0;  // the first token without a position
    for (int64_t i = 0; i < ids_.kept(); ++i) {
      const int64_t token = Token(i);
      if (token == settings_.tokens.audio_start) {
        return absl::InvalidArgumentError(absl::StrCat(
            Path(i), ": audio beside images or videos is not supported; only text is"));
      }
      if (IsVision(token)) {
        return absl::InvalidArgumentError(absl::StrCat(
            Path(i),
            ": an image or video token must be behind a vision_start_token_id, as part of "
            "a picture that fits its grid"));
      }
      if (token != settings_.tokens.vision_start) continue;
      absl::StatusOr<bool> is_vision = BeginsVision(i);
      if (!is_vision.ok()) return is_vision.status();
      if (!*is_vision) continue;
      SetText(text, i + 1);
      absl::Status status = SetVision(&i);
      if (!status.ok()) return status;
      text = i + 1;
    }
    SetText(text, ids_.kept());
    ids_.EndRow();
    return absl::OkStatus();
  }

  bool IsVision(int64_t token) const {
    const int64_t image = settings_.tokens.image.value_or(-1);
    const int64_t video = settings_.tokens.video.value_or(-1);
    return token == image || token == video;
  }

  // Whether the start token at `i` begins an image or a video. Qwen2.5-Omni takes it for text
  // otherwise; Qwen3-Omni counts on an image or a video there.
  absl::StatusOr<bool> BeginsVision(int64_t i) const {
    if (i + 1 < ids_.kept() && IsVision(Token(i + 1))) return true;
    if (i + 1 < ids_.kept() && !kIsFloat) return false;
    return absl::InvalidArgumentError(absl::StrCat(
        Path(i), ": an image or video token must come behind this vision_start_token_id"));
  }

  // Tokens begin, ... end - 1 as text. If vision tokens follow, the last one is their start token,
  // and the model adds first the text before it, then 1.
  void SetText(int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) ids_.SetAllAxes(i, static_cast<T>(i - begin) + next_);
    next_ += static_cast<T>(end - begin - 1);
    next_ += T{1};
  }

  // Sets the image or video behind the start token at `*i`, and the end token, which becomes `*i`.
  absl::Status SetVision(int64_t* i) {
    const int64_t first = *i + 1;
    const int64_t token = Token(first);
    int64_t end = first;
    while (end < ids_.kept() && Token(end) == token) ++end;
    GridQueue& grids = token == settings_.tokens.image ? images_ : videos_;
    const absl::StatusOr<Grid> grid = grids.Next(Path(first));
    if (!grid.ok()) return grid.status();
    const Grid cells = {grid->frames, grid->rows / settings_.spatial_merge_size,
                        grid->columns / settings_.spatial_merge_size};
    absl::Status status = grids.CheckTokens(Path(first), end - first, PatchCount(cells));
    if (!status.ok()) return status;
    if (end == ids_.kept() || Token(end) == settings_.tokens.vision_start) {
      return absl::InvalidArgumentError(absl::StrCat(
          Path(end - 1), ": an end token must come behind the last token of a picture"));
    }
    const bool is_video = &grids == &videos_;
    status = is_video ? CheckTime(cells.frames) : absl::OkStatus();
    if (!status.ok()) return status;
    const T last = SetCells(cells, first, is_video);
    ids_.SetAllAxes(end, last + T{1});
    next_ = last + T{1} + T{1};
    *i = end;
    return absl::OkStatus();
  }

  absl::Status CheckTime(int64_t frames) const {
    return CheckLastTime(absl::StrCat("second_per_grids[", videos_.index(), "]"),
                         VideoTime(frames - 1));
  }

  // Two float32 products, one after the other.
  float VideoTime(int64_t frame) const {
    const auto seconds = static_cast<float>((*arguments_.seconds_per_grid)[videos_.index()]);
    const float time = static_cast<float>(frame) * seconds;
    return time * static_cast<float>(settings_.position_id_per_seconds);
  }

  // Sets the tokens of a picture and returns the largest position among them.
  T SetCells(const Grid& cells, int64_t first, bool is_video) {
    T largest = next_;
    int64_t i = first;
    for (int64_t frame = 0; frame < cells.frames; ++frame) {
      const T time = is_video ? static_cast<T>(VideoTime(frame))
                              : static_cast<T>(frame * settings_.position_id_per_seconds);
      for (int64_t row = 0; row < cells.rows; ++row) {
        for (int64_t column = 0; column < cells.columns; ++column, ++i) {
          const T position[] = {time + next_, static_cast<T>(row) + next_,
                                static_cast<T>(column) + next_};
          for (int64_t axis = 0; axis < 3; ++axis) ids_.Set(axis, i, position[axis]);
          largest = std::max({largest, position[0], position[1], position[2]});
        }
      }
    }
    return largest;
  }

  const PositionSettings& settings_;
  const RopeIndexArguments& arguments_;
  GridQueue images_;
  GridQueue videos_;
  bool has_grids_;
  PositionRows<T> ids_;
  T next_ = T{0};  // where the next token begins
};

}  // namespace

absl::StatusOr<RopeIndex> Qwen25OmniPositions(const PositionSettings& settings,
                                              const RopeIndexArguments& arguments) {
  return OmniBuilder<int64_t>(settings, arguments).Build();
}

absl::StatusOr<RopeIndex> Qwen3OmniPositions(const PositionSettings& settings,
                                             const RopeIndexArguments& arguments) {
  return OmniBuilder<float>(settings, arguments).Build();
}

}  // namespace rope
