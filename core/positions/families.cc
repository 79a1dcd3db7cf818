#include <algorithm>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/positions/family.h"
#include "core/positions/rope_index.h"
#include "core/positions/rules/rules.h"

namespace rope {
namespace {

// Source of the rows: the method get_rope_index and the configuration class of each model in
// transformers 5.24.0.

constexpr uint32_t kRuns = kTypeIds | kVideoGrids;

constexpr PositionFamily Runs(absl::string_view model_type, VideoFrames frames,
                              uint32_t more_arguments = 0) {
  return {model_type, TypeRunPositions, kRuns | more_arguments, frames};
}

constexpr PositionFamily Omni(absl::string_view model_type,
                              absl::StatusOr<RopeIndex> (*build)(const PositionSettings&,
                                                                 const RopeIndexArguments&),
                              absl::string_view nested) {
  TokenIds tokens;
  tokens.image = 151655;
  tokens.video = 151656;
  tokens.audio_start = 151647;
  return {model_type, build, kVideoGrids | kSecondPerGrids | kAudio, VideoFrames::kSeconds,
          nested,     tokens};
}

constexpr PositionFamily GlmImage() {
  TokenIds tokens;
  tokens.image_start = 16384;
  tokens.image_end = 16385;
  return {"glm_image", GlmImagePositions, kImagesPerSample, VideoFrames::kOneStep, "", tokens};
}

constexpr PositionFamily HunYuanVl() {
  PositionFamily family = {"hunyuan_vl", HunYuanVlPositions, kTypeIds};
  family.has_axis_per_section = true;
  return family;
}

constexpr PositionFamily kFamilies[] = {
    Runs("cohere_compass", VideoFrames::kOwnRun),
    Runs("cosmos3_edge", VideoFrames::kOwnRun),
    Runs("cosmos3_omni", VideoFrames::kOwnRun),
    Runs("ernie4_5_vl_moe", VideoFrames::kMerged),
    Runs("glm46v", VideoFrames::kOwnRun),
    Runs("glm4v", VideoFrames::kOwnRun),
    Runs("glm4v_moe", VideoFrames::kOwnRun),
    GlmImage(),
    Runs("glm_ocr", VideoFrames::kOwnRun),
    HunYuanVl(),
    Runs("hy_v4_vl", VideoFrames::kOwnBlock),
    Runs("paddleocr_vl", VideoFrames::kOneStep),
    Omni("qwen2_5_omni", Qwen25OmniPositions, "thinker_config"),
    Omni("qwen2_5_omni_thinker", Qwen25OmniPositions, ""),
    Runs("qwen2_5_vl", VideoFrames::kSeconds, kSecondPerGridTs),
    Runs("qwen2_vl", VideoFrames::kOneStep),
    Runs("qwen3_5", VideoFrames::kOwnRun),
    Runs("qwen3_5_moe", VideoFrames::kOwnRun),
    Omni("qwen3_omni_moe", Qwen3OmniPositions, "thinker_config"),
    Omni("qwen3_omni_moe_thinker", Qwen3OmniPositions, ""),
    Runs("qwen3_vl", VideoFrames::kOwnRun),
    Runs("qwen3_vl_moe", VideoFrames::kOwnRun),
    Runs("qwen4_exp", VideoFrames::kOwnRun),
};

}  // namespace

absl::Span<const PositionFamily> AllPositionFamilies() { return kFamilies; }

absl::StatusOr<const PositionFamily*> FindPositionFamily(absl::string_view model_type) {
  for (const PositionFamily& family : kFamilies) {
    if (family.model_type == model_type) return &family;
  }
  const std::string known =
      absl::StrJoin(kFamilies, ", ", [](std::string* out, const PositionFamily& family) {
        absl::StrAppend(out, family.model_type);
      });
  return absl::InvalidArgumentError(
      model_type.empty()
          ? absl::StrCat("model_type: it is missing; the rules of these families are known: ",
                         known)
          : absl::StrCat("model_type: no rule for \"", model_type,
                         "\" is known; the rules of these families are: ", known));
}

}  // namespace rope
