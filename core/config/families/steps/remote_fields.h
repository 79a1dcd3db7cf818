// Loading steps of families whose code comes with the model. The members that they read have other
// names there than in transformers.
#pragma once

#include <string>
#include <vector>

#include "core/config/load/loading_state.h"

namespace rope {

// ChatGLM2, ChatGLM3, GLM-4-9B: kv_channels is head_dim (by default hidden_size /
// num_attention_heads), half of it rotates, and the base is 10000 * rope_ratio. seq_length is
// max_position_embeddings, num_layers is num_hidden_layers. ChatGLM-6B, with
// position_encoding_2d, is refused: its positions have two axes.
void PrepareChatGlm(LoadingState* state);

// Qwen-1: kv_channels is head_dim, rotary_emb_base is the base, rotary_pct the share, seq_length
// max_position_embeddings.
void PrepareQwen1(LoadingState* state);
// Qwen-1: a warning if use_dynamic_ntk is on, because the model then uses other frequencies beyond
// seq_length than this service.
void CheckQwen1(LoadingState* state);

// Functions for Family::mark_rotated.
//
// Baichuan: all layers if hidden_size is 4096, none otherwise (13B uses alibi).
void MarkBaichuan(const LoadingState& state, const std::vector<std::string>& layer_types,
                  std::vector<bool>* rotated);
// Nemotron-NAS: the layers whose entry of block_configs has attention that is neither left out
// (no_op) nor replaced (replace_with_linear).
void MarkBlocksWithAttention(const LoadingState& state, const std::vector<std::string>& layer_types,
                             std::vector<bool>* rotated);
// MiniMax-Text-01: the layers whose entry of attn_type_list is 1. All layers without that list.
void MarkSoftmaxAttention(const LoadingState& state, const std::vector<std::string>& layer_types,
                          std::vector<bool>* rotated);

}  // namespace rope
