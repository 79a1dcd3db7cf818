// The table of composite configurations, which hold the text model's configuration in text_config.
#include "core/config/families/families.h"

namespace rope {
namespace {

struct Composite {
  absl::string_view model_type;
  absl::string_view text_model_type;
};

// text_model_type: the model_type of the text model if its text_config has none, or has one that no
// family has.
constexpr Composite kComposites[] = {{"apertus1p5", "apertus1p5_text"},
                                     {"aria", "aria_text"},
                                     {"aya_vision", "cohere2"},
                                     {"cohere2_vision", "cohere2"},
                                     {"cohere_compass", "cohere_compass_text"},
                                     {"cosmos3_edge", "cosmos3_edge_text"},
                                     {"deepseek_ocr2", "deepseek_ocr2_text"},
                                     {"deepseek_vl", "llama"},
                                     {"diffusion_gemma", "diffusion_gemma_text"},
                                     {"dots3_note", "dots3_note_text"},
                                     {"embedding_gemma2", "embedding_gemma2_text"},
                                     {"emu3", "emu3_text_model"},
                                     {"ernie4_5_vl_moe", "ernie4_5_vl_moe_text"},
                                     {"exaone4_5", "exaone4"},
                                     {"fuyu", "persimmon"},
                                     {"gemma3", "gemma3_text"},
                                     {"gemma3n", "gemma3n_text"},
                                     {"gemma4", "gemma4_text"},
                                     {"gemma4_unified", "gemma4_unified_text"},
                                     {"glm46v", "glm4v_text"},
                                     {"glm4v", "glm4v_text"},
                                     {"glm4v_moe", "glm4v_moe_text"},
                                     {"glm_image", "glm_image_text"},
                                     {"glm_ocr", "glm_ocr_text"},
                                     {"got_ocr2", "qwen2"},
                                     {"granite4_vision", "granite4_vision_text"},
                                     {"granite_speech", "granite"},
                                     {"hunyuan_vl", "hunyuan_vl_text"},
                                     {"hy_v4_vl", "hy_v4_vl_text"},
                                     {"idefics2", "mistral"},
                                     {"idefics3", "llama"},
                                     {"internvl", "qwen2"},
                                     {"janus", "llama"},
                                     {"kimi_k25", "deepseek_v3"},
                                     {"lfm2_vl", "lfm2"},
                                     {"lfm3_vl", "lfm3"},
                                     {"lighton_ocr", "qwen3"},
                                     {"llama4", "llama4_text"},
                                     {"llava", "llama"},
                                     {"llava_next", "llama"},
                                     {"llava_next_video", "llama"},
                                     {"llava_onevision", "qwen2"},
                                     {"minimax_m3_vl", "minimax_m3_vl_text"},
                                     {"mistral3", "mistral"},
                                     {"mistral_large4", "mistral_large4_text"},
                                     {"mllama", "mllama_text_model"},
                                     {"molmo2", "molmo2_text"},
                                     {"muse_glimmer", "muse_glimmer_text"},
                                     {"muse_spark", "muse_spark_text"},
                                     {"ovis2", "qwen2"},
                                     {"paddleocr_vl", "paddleocr_vl_text"},
                                     {"paligemma", "gemma"},
                                     {"perception_lm", "llama"},
                                     {"qwen2_5_omni_thinker", "qwen2_5_omni_text"},
                                     {"qwen2_5_vl", "qwen2_5_vl_text"},
                                     {"qwen2_audio", "qwen2"},
                                     {"qwen2_vl", "qwen2_vl_text"},
                                     {"qwen3_5", "qwen3_5_text"},
                                     {"qwen3_5_moe", "qwen3_5_moe_text"},
                                     {"qwen3_omni_moe_thinker", "qwen3_omni_moe_text"},
                                     {"qwen3_vl", "qwen3_vl_text"},
                                     {"qwen3_vl_moe", "qwen3_vl_moe_text"},
                                     {"qwen4_exp", "qwen4_exp_text"},
                                     {"shieldgemma2", "gemma3_text"},
                                     {"smolvlm", "llama"},
                                     {"step3p7", "step3p5"},
                                     {"t5gemma2_encoder", "t5gemma2_text"},
                                     {"unlimited_ocr", "unlimited_ocr_text"},
                                     {"video_llama_3", "qwen2"},
                                     {"video_llava", "llama"},
                                     {"vipllava", "llama"},
                                     {"voxtral", "llama"},
                                     {"voxtral_realtime", "voxtral_realtime_text"}};

}  // namespace

absl::string_view TextModelType(absl::string_view model_type) {
  for (const Composite& composite : kComposites) {
    if (composite.model_type == model_type) return composite.text_model_type;
  }
  return "";
}

}  // namespace rope
