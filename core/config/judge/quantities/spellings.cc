#include "core/config/judge/quantities/spellings.h"

#include "absl/container/flat_hash_map.h"
#include "core/config/load/layer_type_names.h"

namespace rope {
namespace {

// Names from the configuration classes of transformers, from remote code that is widely run (Qwen,
// ChatGLM, Baichuan, InternLM, DBRX, Nomic), and from the files of other programs (Mistral's
// params.json, Megatron, MLX, GGUF, ONNX Runtime).
constexpr Spelling kSpellings[] = {
    {"rope_theta", Quantity::kTheta, Place::kAnywhere},
    {"rotary_emb_base", Quantity::kTheta, Place::kAnywhere},
    {"rotary_embedding_base", Quantity::kTheta, Place::kAnywhere},
    {"rotary_base", Quantity::kTheta, Place::kAnywhere},
    {"rotary_theta", Quantity::kTheta, Place::kAnywhere},
    {"rope_base", Quantity::kTheta, Place::kAnywhere},
    {"rope_freq_base", Quantity::kTheta, Place::kAnywhere},
    {"rope_base_freq", Quantity::kTheta, Place::kAnywhere},
    {"rope_freq_constant", Quantity::kTheta, Place::kAnywhere},
    {"rope_embedding_base", Quantity::kTheta, Place::kAnywhere},
    {"freq_base", Quantity::kTheta, Place::kAnywhere},
    {"theta", Quantity::kTheta, Place::kAnywhere},
    {"base", Quantity::kTheta, Place::kAnywhere},
    {"global_rope_theta", Quantity::kTheta, Place::kAtTop, kFullAttention},
    {"rope_global_theta", Quantity::kTheta, Place::kAtTop, kFullAttention},
    {"rope_global_base_freq", Quantity::kTheta, Place::kAtTop, kFullAttention},
    {"full_attention_rope_theta", Quantity::kTheta, Place::kAtTop, kFullAttention},
    {"swa_rope_theta", Quantity::kTheta, Place::kAtTop, kSlidingAttention},
    {"sliding_rope_theta", Quantity::kTheta, Place::kAtTop, kSlidingAttention},
    {"rope_theta_swa", Quantity::kTheta, Place::kAtTop, kSlidingAttention},
    {"local_rope_theta", Quantity::kTheta, Place::kAtTop, kSlidingAttention},
    {"rope_local_theta", Quantity::kTheta, Place::kAtTop, kSlidingAttention},
    {"rope_local_base_freq", Quantity::kTheta, Place::kAtTop, kSlidingAttention},
    {"compress_rope_theta", Quantity::kTheta, Place::kAtTop, "compress"},
    {"rope_ratio", Quantity::kThetaRatio, Place::kAnywhere},

    {"partial_rotary_factor", Quantity::kShare, Place::kAnywhere},
    {"partial_factor", Quantity::kShare, Place::kAnywhere},
    {"partial_rotary_ratio", Quantity::kShare, Place::kAnywhere},
    {"rotary_pct", Quantity::kShare, Place::kAnywhere},
    {"rotary_percent", Quantity::kShare, Place::kAnywhere},
    {"rotary_percentage", Quantity::kShare, Place::kAnywhere},
    {"rotary_fraction", Quantity::kShare, Place::kAnywhere},
    {"rotary_emb_fraction", Quantity::kShare, Place::kAnywhere},
    {"rope_pct", Quantity::kShare, Place::kAnywhere},
    {"rope_percent", Quantity::kShare, Place::kAnywhere},
    {"rope_percentage", Quantity::kShare, Place::kAnywhere},
    {"rope_fraction", Quantity::kShare, Place::kAnywhere},
    {"rope_partial_factor", Quantity::kShare, Place::kAnywhere},
    {"swa_partial_rotary_factor", Quantity::kShare, Place::kAtTop, kSlidingAttention},

    {"rotary_dim", Quantity::kWidth, Place::kAnywhere},
    {"rotary_ndims", Quantity::kWidth, Place::kAnywhere},
    {"rotary_emb_dim", Quantity::kWidth, Place::kAnywhere},
    {"rotary_embedding_dim", Quantity::kWidth, Place::kAnywhere},
    {"rope_dim", Quantity::kWidth, Place::kAnywhere},
    {"rope_head_dim", Quantity::kWidth, Place::kAnywhere},
    {"rope_dimension_count", Quantity::kWidth, Place::kAnywhere},
    {"qk_rope_head_dim", Quantity::kWidth, Place::kAtTop},

    {"head_dim", Quantity::kHeadWidth, Place::kAnywhere},
    {"attention_head_dim", Quantity::kHeadWidth, Place::kAtTop},
    {"attention_head_size", Quantity::kHeadWidth, Place::kAtTop},
    {"head_size", Quantity::kHeadWidth, Place::kAtTop},
    {"head_width", Quantity::kHeadWidth, Place::kAtTop},
    {"dim_head", Quantity::kHeadWidth, Place::kAtTop},
    {"d_head", Quantity::kHeadWidth, Place::kAtTop},
    {"kv_channels", Quantity::kHeadWidth, Place::kAtTop},

    {"original_max_position_embeddings", Quantity::kOriginalLength, Place::kAnywhere},
    {"original_max_positions", Quantity::kOriginalLength, Place::kAnywhere},
    {"original_max_position", Quantity::kOriginalLength, Place::kAnywhere},
    {"original_max_seq_len", Quantity::kOriginalLength, Place::kAnywhere},
    {"original_seq_len", Quantity::kOriginalLength, Place::kAnywhere},
    {"original_context_length", Quantity::kOriginalLength, Place::kAnywhere},
    {"original_context_len", Quantity::kOriginalLength, Place::kAnywhere},
    {"original_length", Quantity::kOriginalLength, Place::kAnywhere},
    {"orig_ctx_len", Quantity::kOriginalLength, Place::kAnywhere},
    {"old_context_len", Quantity::kOriginalLength, Place::kAnywhere},
    {"initial_context_length", Quantity::kOriginalLength, Place::kAtTop},
    {"max_trained_positions", Quantity::kOriginalLength, Place::kAtTop},

    {"max_position_embeddings", Quantity::kMaxLength, Place::kAtTop},
    {"n_positions", Quantity::kMaxLength, Place::kAtTop},
    {"n_ctx", Quantity::kMaxLength, Place::kAtTop},
    {"seq_length", Quantity::kMaxLength, Place::kAtTop},
    {"max_seq_len", Quantity::kMaxLength, Place::kAtTop},
    {"max_seq_length", Quantity::kMaxLength, Place::kAtTop},
    {"max_sequence_length", Quantity::kMaxLength, Place::kAtTop},
    {"model_max_length", Quantity::kMaxLength, Place::kAtTop},
    {"context_length", Quantity::kMaxLength, Place::kAtTop},

    {"rope_type", Quantity::kType, Place::kAtTop},
    {"rope_scaling_type", Quantity::kType, Place::kAtTop},
    {"rotary_scaling_type", Quantity::kType, Place::kAtTop},

    {"factor", Quantity::kFactor, Place::kInSet},
    {"scaling_factor", Quantity::kFactor, Place::kInSet},
    {"rope_factor", Quantity::kFactor, Place::kAnywhere},
    {"rope_scaling_factor", Quantity::kFactor, Place::kAnywhere},
    {"rotary_scaling_factor", Quantity::kFactor, Place::kAnywhere},
    {"yarn_factor", Quantity::kFactor, Place::kAnywhere},
    {"scale", Quantity::kInverseFactor, Place::kInSet},

    {"attention_factor", Quantity::kAttentionFactor, Place::kAnywhere},
    {"rope_attention_factor", Quantity::kAttentionFactor, Place::kAnywhere},
    {"attn_factor", Quantity::kAttentionMultiplier, Place::kAnywhere},
    {"rope_attn_factor", Quantity::kAttentionMultiplier, Place::kAnywhere},
    {"yarn_attn_factor", Quantity::kAttentionMultiplier, Place::kAnywhere},

    {"llama_4_scaling_beta", Quantity::kLlama4Beta, Place::kAnywhere},
    // Of the object llama_4_scaling, which vLLM reads.
    {"beta", Quantity::kLlama4Beta, Place::kInSet},
};

absl::flat_hash_map<absl::string_view, const Spelling*> ByKey() {
  absl::flat_hash_map<absl::string_view, const Spelling*> map;
  for (const Spelling& spelling : kSpellings) map.emplace(spelling.key, &spelling);
  return map;
}

}  // namespace

absl::Span<const Spelling> AllSpellings() { return kSpellings; }

const Spelling* FindSpelling(absl::string_view key) {
  static const auto* const spellings =
      new absl::flat_hash_map<absl::string_view, const Spelling*>(ByKey());
  const auto found = spellings->find(key);
  return found != spellings->end() ? found->second : nullptr;
}

absl::string_view NameOf(Quantity quantity) {
  switch (quantity) {
    case Quantity::kTheta:
    case Quantity::kThetaRatio:
      return "rope_theta";
    case Quantity::kShare:
    case Quantity::kWidth:
      return "partial_rotary_factor";
    case Quantity::kHeadWidth:
      return "head_dim";
    case Quantity::kOriginalLength:
      return "original_max_position_embeddings";
    case Quantity::kMaxLength:
      return "max_position_embeddings";
    case Quantity::kType:
      return "rope_type";
    case Quantity::kFactor:
    case Quantity::kInverseFactor:
      return "factor";
    case Quantity::kAttentionFactor:
    case Quantity::kAttentionMultiplier:
      return "attention_factor";
    case Quantity::kLlama4Beta:
      return "llama_4_scaling_beta";
  }
  return "";
}

bool HasUnitOfName(Quantity quantity) {
  return quantity != Quantity::kThetaRatio && quantity != Quantity::kWidth &&
         quantity != Quantity::kInverseFactor && quantity != Quantity::kAttentionMultiplier;
}

}  // namespace rope
