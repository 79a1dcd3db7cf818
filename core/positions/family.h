// PositionFamily: how the models of one model_type number the tokens of text, images and videos.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rope {

struct PositionSettings;
struct RopeIndex;
struct RopeIndexArguments;

// What the frames of a video do to the positions of models that number runs of equal token types.
enum class VideoFrames {
  kOneStep,  // each frame is one step of the temporal axis
  kSeconds,  // a step is as long as the frame lasts, in tokens_per_second, rounded down
  kMerged,   // temporal_merge_size frames make one step
  kOwnRun,   // each frame is a grid and a run: text that says its time stands in between
  kOwnBlock  // each frame begins behind the frame before it, on all axes
};

// Arguments of get_rope_index that only some families take: bits of PositionFamily::arguments.
// All families take input_ids, image_grid_thw and attention_mask.
enum PositionArgument : uint32_t {
  kTypeIds = 1,          // mm_token_type_ids
  kVideoGrids = 2,       // video_grid_thw
  kSecondPerGridTs = 4,  // second_per_grid_ts
  kSecondPerGrids = 8,   // second_per_grids
  kImagesPerSample = 16,
  kAudio = 32  // use_audio_in_video, audio_seqlens
};

// Ids of special tokens. Absent if the family does not use one, or has no default for it.
struct TokenIds {
  std::optional<int64_t> image;
  std::optional<int64_t> video;
  std::optional<int64_t> vision_start;
  std::optional<int64_t> audio_start;
  std::optional<int64_t> image_start;
  std::optional<int64_t> image_end;
};

struct PositionFamily {
  absl::string_view model_type;
  // The rule. REQUIRES arguments that CheckArguments accepts.
  absl::StatusOr<RopeIndex> (*build)(const PositionSettings&, const RopeIndexArguments&);
  uint32_t arguments = 0;  // PositionArgument
  VideoFrames video_frames = VideoFrames::kOneStep;
  absl::string_view nested = "";  // the member that holds the values below, if there is one
  TokenIds tokens = {};           // the defaults of the configuration class
  // There are as many axes as mrope_section has entries, and not three.
  bool has_axis_per_section = false;
};

// All families, sorted by model_type. The list lives as long as the program.
absl::Span<const PositionFamily> AllPositionFamilies();

// The family of that name. INVALID_ARGUMENT, with the names of all families, if there is none.
absl::StatusOr<const PositionFamily*> FindPositionFamily(absl::string_view model_type);

}  // namespace rope
