// Families whose code is not in transformers but comes with the model, and the names under which
// remote code uses the rules of a family of transformers.
#include <algorithm>
#include <iterator>

#include "core/config/families/families.h"
#include "core/config/families/family_rows.h"
#include "core/config/families/layer_patterns.h"
#include "core/config/families/rotated_layers.h"
#include "core/config/families/steps/remote_fields.h"
#include "core/config/families/steps/rotary_share.h"
#include "core/config/load/conversion.h"

namespace rope {
namespace {

constexpr absl::string_view kSpark =
    R"({"full_attention":{"rope_type":"default","rope_theta":5000000.0,"partial_rotary_factor":0.25},
        "sliding_attention":{"rope_type":"default","rope_theta":10000.0,"partial_rotary_factor":1.0}})";

// A row without a shape has no default for it: a document that lacks the field is refused.
// clang-format off
constexpr Family kRemoteFamilies[] = {
    // modeling_baichuan.py of Baichuan 2 (7B rotates, 13B uses alibi) and vLLM's baichuan.py, which
    // tells them apart by hidden_size.
    {.model_type = "baichuan", .shape = {4096, 32, 4096, 32}, .mark_rotated = MarkBaichuan},
    // modeling_bailing_moe.py and bailing_moe_v2 (Ling, Ring), vLLM's bailing_moe.py.
    {.model_type = "bailing_moe", .head_dim = NullableField(), .partial_in_default = true,
     .convert = ConvertMiniMaxM2},
    {.model_type = "bailing_moe_v2", .head_dim = NullableField(), .partial_in_default = true,
     .convert = ConvertMiniMaxM2},
    // modeling_chatglm.py of ChatGLM2, ChatGLM3 and GLM-4-9B, and vLLM's chatglm.py: half of
    // kv_channels rotates, with the base 10000 * rope_ratio.
    {.model_type = "chatglm", .partial_in_default = true, .prepare = PrepareChatGlm},
    // MiniMax-Text-01 and MiniMax-M1, vLLM's minimax_text_01.py: rotary_dim channels rotate, in the
    // layers with softmax attention.
    {.model_type = "minimax_m1", .default_theta = 1e6, .head_dim = NullableField(),
     .partial_in_default = true, .mark_rotated = MarkSoftmaxAttention,
     .convert = ConvertMiniMaxM2},
    {.model_type = "minimax_text_01", .default_theta = 1e6, .head_dim = NullableField(),
     .partial_in_default = true, .mark_rotated = MarkSoftmaxAttention,
     .convert = ConvertMiniMaxM2},
    // Nemotron-NAS, modeling_decilm.py: a Llama, some of whose layers have no attention.
    {.model_type = "nemotron-nas", .head_dim = NullableField(), .heads_divide_hidden = true,
     .mark_rotated = MarkBlocksWithAttention},
    // Qwen-1, modeling_qwen.py: kv_channels, rotary_emb_base, rotary_pct.
    {.model_type = "qwen", .partial_in_default = true, .prepare = PrepareQwen1,
     .check = CheckQwen1},
    // Spark-X2.5, modeling_spark.py of XHToken/Spark-X2.5-4B.
    {.model_type = "spark2_5", .shape = {0, 0, 0, 36}, .head_dim = NullableField(256), .partial_in_default = true,
     .nesting = Nesting::kPerLayerType, .default_parameters = kSpark,
     .fill_layer_types = FillEveryFourthFull, .convert = ConvertNothing},
};
// clang-format on

// Sorted by name.
constexpr RemoteName kRemoteNames[] = {
    {"aquila", "llama", "modeling_aquila.py: a copy of Llama"},
    {"deci", "llama", "modeling_decilm.py of DeciLM-7B: a Llama"},
    {"deepseek", "llama", "modeling_deepseek.py of DeepSeek-MoE-16B: LlamaRotaryEmbedding"},
    {"internlm2", "llama", "modeling_internlm2.py: InternLM2RotaryEmbedding"},
    {"kimi_k2", "deepseek_v3", "modeling_deepseek.py: architectures DeepseekV3ForCausalLM"},
    {"mimo", "qwen2", "modeling_mimo.py: a subclass of Qwen2"},
    {"minicpm", "llama", "modeling_minicpm.py: MiniCPMRotaryEmbedding, MiniCPMLongRoPE"},
    {"minicpmo", "qwen2", "modeling_minicpmo.py: its language model is a Qwen2"},
    {"minicpmv", "qwen2", "modeling_minicpmv.py: its language model is a Qwen2"},
    {"orion", "llama", "modeling_orion.py: OrionRotaryEmbedding"},
    {"phi4mm", "phi3", "modeling_phi4mm.py of Phi-4-multimodal: Phi3's rules"},
    {"skywork", "llama", "modeling_skywork.py: a copy of Llama"},
    {"solar", "llama", "modeling_solar.py: SolarRotaryEmbedding"},
    {"xverse", "llama", "modeling_xverse.py: XverseRotaryEmbedding"},
};

}  // namespace

absl::Span<const Family> RemoteFamilies() { return kRemoteFamilies; }

const RemoteName* FindRemoteName(absl::string_view model_type) {
  const auto* const found =
      std::find_if(std::begin(kRemoteNames), std::end(kRemoteNames),
                   [&](const RemoteName& row) { return row.model_type == model_type; });
  return found != std::end(kRemoteNames) ? found : nullptr;
}

}  // namespace rope
