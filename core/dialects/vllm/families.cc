#include "core/dialects/vllm/families.h"

namespace rope::vllm {
namespace {

constexpr char kNoTextClass[] = "it has no class for this model alone";

constexpr char kNotBuilt[] =
    "it has a class of that name, which could not be built, so it is not known what it does";

constexpr FamilyRow kRows[] = {
    {.model_type = "apertus"},
    {.model_type = "cohere", .is_neox_style = false},
    {.model_type = "cohere2", .is_neox_style = false},
    {.model_type = "deepseek_v2", .code = ModelCode::kDeepseek, .is_neox_style = false},
    {.model_type = "deepseek_v3", .code = ModelCode::kDeepseek, .is_neox_style = false},
    {.model_type = "deepseek_v32", .code = ModelCode::kDeepseek, .is_neox_style = false},
    {.model_type = "deepseek_v4", .code = ModelCode::kDeepseekV4, .is_neox_style = false},
    {.model_type = "ernie4_5_moe", .is_neox_style = false},
    {.model_type = "ernie4_5_vl_moe_text", .code = ModelCode::kNone, .why_none = kNotBuilt},
    {.model_type = "exaone4"},
    {.model_type = "falcon"},
    {.model_type = "falcon_h1"},
    {.model_type = "gemma"},
    {.model_type = "gemma2"},
    {.model_type = "gemma3_text"},
    {.model_type = "gemma3n_text"},
    {.model_type = "gemma4_text"},
    {.model_type = "gemma4_vision", .code = ModelCode::kNone, .why_none = kNoTextClass},
    {.model_type = "glm", .code = ModelCode::kTransformers},
    {.model_type = "glm4_moe"},
    {.model_type = "glm_moe_dsa", .code = ModelCode::kDeepseek, .is_neox_style = false},
    {.model_type = "gpt_neox", .code = ModelCode::kTransformers},
    {.model_type = "gpt_oss", .code = ModelCode::kGptOss},
    {.model_type = "helium", .code = ModelCode::kTransformers},
    {.model_type = "higgs_audio_v2", .code = ModelCode::kTransformers},
    {.model_type = "hunyuan_v1_dense", .code = ModelCode::kTransformers},
    {.model_type = "hunyuan_v1_moe", .code = ModelCode::kTransformers},
    {.model_type = "hunyuan_vl_text", .code = ModelCode::kTransformers},
    {.model_type = "laguna"},
    {.model_type = "llama"},
    {.model_type = "llama4_text"},
    {.model_type = "mimo_v2_flash", .code = ModelCode::kMimo},
    {.model_type = "minimax_m2"},
    {.model_type = "ministral3"},
    {.model_type = "mistral"},
    {.model_type = "mistral4", .code = ModelCode::kTransformers},
    {.model_type = "mixtral"},
    {.model_type = "mllama_text_model", .code = ModelCode::kNone, .why_none = kNoTextClass},
    {.model_type = "modernbert"},
    {.model_type = "nemotron"},
    {.model_type = "nomic_bert", .code = ModelCode::kNone, .why_none = kNotBuilt},
    {.model_type = "olmo2", .code = ModelCode::kTransformers},
    {.model_type = "olmo3", .code = ModelCode::kTransformers},
    {.model_type = "persimmon",
     .code = ModelCode::kNone,
     .why_none = "it is not supported since release 0.25",
     .is_refused = true},
    {.model_type = "phi", .code = ModelCode::kTransformers},
    {.model_type = "phi3"},
    {.model_type = "phimoe"},
    {.model_type = "pixtral", .code = ModelCode::kNone, .why_none = kNoTextClass},
    {.model_type = "qwen2"},
    {.model_type = "qwen2_5_vl_text"},
    {.model_type = "qwen2_vl_text"},
    {.model_type = "qwen2_vl_vision", .code = ModelCode::kNone, .why_none = kNoTextClass},
    {.model_type = "qwen3"},
    {.model_type = "qwen3_5_text",
     .code = ModelCode::kWithoutSections,
     .mrope_positions_factor = 1.0},
    {.model_type = "qwen3_moe"},
    {.model_type = "qwen3_next"},
    {.model_type = "qwen3_vl_moe_text", .mrope_positions_factor = 1.0},
    {.model_type = "seed_oss", .code = ModelCode::kTransformers},
    {.model_type = "smollm3", .code = ModelCode::kTransformers},
    {.model_type = "stablelm"},
    {.model_type = "step3p5"},
};

}  // namespace

absl::Span<const FamilyRow> FamilyRows() { return kRows; }

}  // namespace rope::vllm
