// What vLLM 0.33.0 makes of a whole configuration: what its model code passes to get_rope.
//
// Source: vllm/transformers_utils/config.py (get_config, patch_rope_parameters),
// vllm/model_executor/models/*.py, vllm/model_executor/models/config.py.
#pragma once

#include "core/dialects/dialect_reading.h"
#include "core/dialects/model_values.h"

namespace rope {

// Pure.
DialectReading ReadByVllm(const ModelValues& model);

}  // namespace rope
