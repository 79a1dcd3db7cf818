// What SGLang 0.5.23 makes of a whole configuration: what its model code passes to get_rope.
//
// Source: sglang/srt/utils/hf_transformers (normalize_rope_scaling_compat, get_rope_config),
// sglang/srt/models/*.py.
#pragma once

#include "core/dialects/dialect_reading.h"
#include "core/dialects/model_values.h"

namespace rope {

// Pure.
DialectReading ReadBySglang(const ModelValues& model);

}  // namespace rope
