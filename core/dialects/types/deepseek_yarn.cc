// Types "deepseek_yarn" and "deepseek_llama_scaling": vllm/model_executor/layers/rotary_embedding/
// deepseek_scaling_rope.py of vLLM 0.33.0, yarn.py of SGLang 0.5.23. From DeepSeek-V2, arXiv
// 2405.04434. The frequencies are those of yarn with truncate.
#include "core/dialects/types/engine_types.h"
#include "core/rope_types/formula_terms.h"

namespace rope {

double DeepseekAttentionFactor(double factor, double mscale, double mscale_all_dim) {
  return MagnitudeScale<double>(factor, mscale) / MagnitudeScale<double>(factor, mscale_all_dim);
}

}  // namespace rope
