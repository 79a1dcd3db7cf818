// Short configurations of models.
#pragma once

namespace rope::testing {

inline constexpr char kLlama31[] = R"({
  "model_type": "llama", "hidden_size": 4096, "num_attention_heads": 32,
  "max_position_embeddings": 131072, "rope_theta": 500000.0,
  "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
                   "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}})";

inline constexpr char kSmallHead[] = R"({
  "model_type": "llama", "hidden_size": 512, "num_attention_heads": 32,
  "max_position_embeddings": 4096, "rope_theta": 10000.0})";

// The frequencies depend on the length beyond 2048.
inline constexpr char kDynamic[] = R"({
  "model_type": "llama", "hidden_size": 2048, "num_attention_heads": 32,
  "max_position_embeddings": 2048, "rope_theta": 10000.0,
  "rope_scaling": {"rope_type": "dynamic", "factor": 4.0}})";

// Two layer types, each with its own parameter set.
inline constexpr char kGemma3[] = R"({
  "model_type": "gemma3_text", "head_dim": 256, "hidden_size": 1152, "num_attention_heads": 4,
  "max_position_embeddings": 32768, "rope_theta": 1000000.0, "rope_local_base_freq": 10000.0,
  "sliding_window_pattern": 6, "num_hidden_layers": 26})";

}  // namespace rope::testing
