// AttentionScaling: what the attention of a model multiplies beside cos and sin.
//
// Tables do not contain it, so whoever writes the attention of such a model must apply it. Plain
// data, and pure functions.
#pragma once

#include <cstdint>
#include <optional>

namespace rope {

// A temperature of attention: the query at position p is multiplied by
//   1 + beta * ln(1 + floor((p + first) / interval))
// before it meets a key. Sources, in transformers 5.24: get_llama_4_attn_scale of Ministral 3 and
// Mistral 4 (first = 0, every layer), and Llama4TextAttention (first = 1, only the layers without
// rotary embedding; p counts the tokens of the sequence, whatever their position_ids are).
struct QueryScaling {
  double beta = 0.0;
  double interval = 1.0;             // in positions, as the configuration gives it
  int64_t first = 0;                 // 0 or 1
  bool layers_without_rope = false;  // true: no other layer scales its queries
};

struct AttentionScaling {
  // The factor of the softmax scale, which is 1 / sqrt(head_dim) otherwise.
  double softmax_scale_factor = 1.0;
  std::optional<QueryScaling> queries = std::nullopt;  // absent: queries are not scaled
};

// The square of yarn's mscale, 0.1 * mscale_all_dim * ln(factor) + 1, and 1 for a factor up to 1.
// Source: yarn_apply_mscale of transformers 5.24, and modeling_deepseek.py of DeepSeek-V3. Within 2
// ulp of what Python computes.
double SoftmaxScaleFactor(double factor, double mscale_all_dim);

// The number that multiplies the query at `position`, which is rounded to float32, with float32
// after each step as torch has it: within 1 ulp of torch's. NaN or an infinity if the logarithm has
// none.
float QueryScale(const QueryScaling& scaling, double position);

}  // namespace rope
