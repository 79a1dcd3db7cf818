#include "core/dialects/sglang/families.h"

namespace rope::sglang {
namespace {

constexpr FamilyRow kRows[] = {
    {.model_type = "apertus"},
    {.model_type = "cohere", .is_neox_style = false},
    {.model_type = "cohere2", .is_neox_style = false},
    {.model_type = "deepseek_v2", .code = ModelCode::kDeepseek, .is_neox_style = false},
    {.model_type = "deepseek_v3", .code = ModelCode::kDeepseek, .is_neox_style = false},
    {.model_type = "deepseek_v32", .code = ModelCode::kDeepseek, .is_neox_style = false},
    {.model_type = "deepseek_v4", .code = ModelCode::kDeepseekV4, .is_neox_style = false},
    {.model_type = "ernie4_5_moe", .is_neox_style = false},
    {.model_type = "ernie4_5_vl_moe_text", .code = ModelCode::kNone},
    {.model_type = "falcon", .code = ModelCode::kTransformers},
    {.model_type = "falcon_h1"},
    {.model_type = "gemma", .code = ModelCode::kNoScaling},
    {.model_type = "gemma2", .code = ModelCode::kNoScaling},
    {.model_type = "gemma3_text", .code = ModelCode::kGemma3},
    {.model_type = "gemma3n_text", .code = ModelCode::kGemma3n},
    {.model_type = "gemma4_text", .code = ModelCode::kNone},
    {.model_type = "gemma4_vision", .code = ModelCode::kNone},
    {.model_type = "glm", .code = ModelCode::kTransformers},
    {.model_type = "glm4_moe", .default_share = 0.5},
    {.model_type = "glm_moe_dsa", .code = ModelCode::kDeepseek, .is_neox_style = false},
    {.model_type = "gpt_neox", .code = ModelCode::kTransformers},
    {.model_type = "gpt_oss"},
    {.model_type = "helium", .code = ModelCode::kTransformers},
    {.model_type = "higgs_audio_v2", .code = ModelCode::kNone},
    {.model_type = "hunyuan_v1_moe"},
    {.model_type = "hunyuan_vl_text", .code = ModelCode::kTransformers},
    {.model_type = "laguna", .code = ModelCode::kLaguna},
    {.model_type = "llama"},
    {.model_type = "llama4_text"},
    {.model_type = "mimo_v2_flash"},
    {.model_type = "minimax_m2", .default_rotary_dim = 64.0},
    {.model_type = "ministral3"},
    {.model_type = "mistral"},
    {.model_type = "mistral4", .code = ModelCode::kTransformers},
    {.model_type = "mixtral", .code = ModelCode::kNoScaling},
    {.model_type = "mllama_text_model", .code = ModelCode::kNone},
    {.model_type = "modernbert", .code = ModelCode::kTransformers},
    {.model_type = "nemotron", .code = ModelCode::kTransformers},
    {.model_type = "nomic_bert", .code = ModelCode::kTransformers},
    {.model_type = "olmo2"},
    {.model_type = "olmo3", .code = ModelCode::kTransformers},
    {.model_type = "persimmon", .code = ModelCode::kNoScaling, .default_share = 0.5},
    {.model_type = "phi", .code = ModelCode::kNoScaling, .default_share = 0.5},
    {.model_type = "phi3"},
    {.model_type = "phimoe"},
    {.model_type = "pixtral", .code = ModelCode::kNone},
    {.model_type = "qwen2"},
    {.model_type = "qwen2_5_vl_text"},
    {.model_type = "qwen2_vl_text"},
    {.model_type = "qwen2_vl_vision", .code = ModelCode::kNone},
    {.model_type = "qwen3"},
    {.model_type = "qwen3_moe"},
    {.model_type = "qwen3_vl_moe_text"},
    {.model_type = "seed_oss", .code = ModelCode::kTransformers},
    {.model_type = "smollm3", .code = ModelCode::kTransformers},
    {.model_type = "stablelm", .code = ModelCode::kNoScaling, .default_share = 0.25},
    {.model_type = "step3p5", .code = ModelCode::kStep3p5},
};

}  // namespace

const FamilyRow* FindFamilyRow(absl::string_view model_type) {
  for (const FamilyRow& row : kRows) {
    if (row.model_type == model_type) return &row;
  }
  return nullptr;
}

}  // namespace rope::sglang
