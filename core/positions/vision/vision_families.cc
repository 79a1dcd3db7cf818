#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/positions/json_values.h"
#include "core/positions/vision/vision_positions.h"

namespace rope {
namespace {

// Source of the rows: forward of each vision tower, and its configuration class, in transformers
// 5.24.0.

constexpr VisionFamily Blocks(absl::string_view model_type, absl::string_view vision_model_type,
                              int64_t patch_size, VisionWindows windows = VisionWindows::kNone) {
  VisionFamily family;
  family.model_type = model_type;
  family.vision_model_type = vision_model_type;
  family.patch_size = patch_size;
  family.windows = windows;
  return family;
}

constexpr VisionFamily Raster(absl::string_view model_type, absl::string_view vision_model_type,
                              int64_t patch_size, VisionInput input = VisionInput::kGrids) {
  VisionFamily family = Blocks(model_type, vision_model_type, patch_size);
  family.merge = VisionMerge::kOne;
  family.input = input;
  return family;
}

constexpr VisionFamily Inkling() {
  VisionFamily family = Blocks("inkling2", "inkling2_vision", 20);
  family.has_class_row = true;
  family.first = 1;
  return family;
}

constexpr VisionFamily MiniMax() {
  VisionFamily family = Blocks("minimax_m3_vl", "minimax_m3_vl_vision", 14);
  family.has_frame_axis = true;
  return family;
}

constexpr VisionFamily Muse(absl::string_view model_type, absl::string_view vision_model_type) {
  VisionFamily family = Raster(model_type, vision_model_type, 14);
  family.windows = VisionWindows::kApplied;
  family.column_first = true;
  family.first = 1;
  return family;
}

constexpr VisionFamily VideoLlama() {
  VisionFamily family = Blocks("video_llama_3", "video_llama_3_vision", 16);
  family.merge = VisionMerge::kPerPicture;
  return family;
}

constexpr VisionFamily kVisionFamilies[] = {
    Blocks("cohere_compass", "cohere_compass_vision", 16),
    Blocks("dots3_note", "dots3_note_vision_encoder", 14),
    Blocks("ernie4_5_vl_moe", "ernie4_5_vl_moe_vision", 14),
    Blocks("exaone4_5", "exaone4_5_vision", 14, VisionWindows::kReported),
    Blocks("glm4v", "glm4v_vision", 14),
    Blocks("glm4v_moe", "glm4v_moe_vision", 14),
    Blocks("glm5_next", "glm5_next_vision", 14),
    Blocks("glm_ocr", "glm_ocr_vision", 14),
    Inkling(),
    Raster("kimi_k25", "kimi_k25_vision", 14),
    Blocks("lfm3_vl", "lfm3_vl_vision", 16),
    MiniMax(),
    Raster("mlcd", "mlcd_vision_model", 14, VisionInput::kPixels),
    Muse("muse_glimmer", "muse_glimmer_vision"),
    Muse("muse_spark", "muse_spark_vision"),
    Raster("paddleocr_vl", "paddleocr_vl_vision", 14),
    Raster("pixtral", "", 16, VisionInput::kSizes),
    Blocks("qwen2_5_omni", "qwen2_5_omni_vision_encoder", 14, VisionWindows::kReported),
    Blocks("qwen2_5_vl", "qwen2_5_vl_vision", 14, VisionWindows::kReported),
    Blocks("qwen2_vl", "qwen2_vl_vision", 14),
    Blocks("qwen3_5", "qwen3_5_vision", 16),
    Blocks("qwen3_5_moe", "qwen3_5_moe_vision", 16),
    Blocks("qwen3_omni_moe", "qwen3_omni_moe_vision_encoder", 16),
    Blocks("qwen3_vl", "qwen3_vl_vision", 16),
    Blocks("qwen3_vl_moe", "qwen3_vl_moe_vision", 16),
    Blocks("qwen4_exp", "qwen4_exp_vision", 16),
    Raster("step3p7", "step3p5_vision", 14, VisionInput::kPixels),
    VideoLlama(),
};

absl::StatusOr<const VisionFamily*> FindVisionFamily(absl::string_view model_type) {
  for (const VisionFamily& family : kVisionFamilies) {
    if (model_type.empty()) break;
    if (model_type == family.model_type || model_type == family.vision_model_type) return &family;
  }
  const std::string known =
      absl::StrJoin(kVisionFamilies, ", ", [](std::string* out, const VisionFamily& family) {
        absl::StrAppend(out, family.model_type);
      });
  return absl::InvalidArgumentError(
      absl::StrCat("model_type: no rule for the vision tower of \"", model_type,
                   "\" is known; the rules of these families are: ", known));
}

// The window is given in pixels, or by the side of Muse's table of positions.
absl::Status ReadWindow(const JsonPlace& vision, VisionSettings* settings) {
  if (settings->family->windows == VisionWindows::kApplied) {
    settings->window_cells = 32;
    return ReadMember(vision, "pos_emb_height", 1, kMaxBuiltPositions, &settings->window_cells);
  }
  int64_t pixels = 112;
  absl::Status status = ReadMember(vision, "window_size", 1, kMaxBuiltPositions, &pixels);
  if (!status.ok()) return status;
  settings->window_cells = pixels / settings->spatial_merge_size / settings->patch_size;
  if (settings->window_cells >= 1) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(vision.prefix, "window_size: ", pixels, " is less than spatial_merge_size ",
                   settings->spatial_merge_size, " x patch_size ", settings->patch_size,
                   "; a window must have at least one token"));
}

}  // namespace

absl::Span<const VisionFamily> AllVisionFamilies() { return kVisionFamilies; }

absl::StatusOr<VisionSettings> ReadVisionSettings(const JsonValue& config) {
  if (!config.is_object()) return MustBe("config", "an object", config);
  const auto family = FindVisionFamily(StringMember(config, "model_type"));
  if (!family.ok()) return family.status();
  VisionSettings settings;
  settings.family = *family;
  settings.patch_size = settings.family->patch_size;
  const JsonPlace vision = Inside(Inside({&config, ""}, "thinker_config"), "vision_config");
  absl::Status status =
      ReadMember(vision, "patch_size", 1, kMaxBuiltPositions, &settings.patch_size);
  if (!status.ok()) return status;
  if (settings.family->merge == VisionMerge::kConfigured) {
    status = ReadMember(vision, "spatial_merge_size", 1, kMaxBuiltPositions,
                        &settings.spatial_merge_size);
  } else {
    settings.spatial_merge_size = 1;
  }
  if (status.ok() && settings.family->windows != VisionWindows::kNone) {
    status = ReadWindow(vision, &settings);
  }
  if (!status.ok()) return status;
  return settings;
}

}  // namespace rope
