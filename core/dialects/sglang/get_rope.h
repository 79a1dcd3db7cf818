// get_rope of SGLang 0.5.23: from the arguments that a model's code passes to the class that makes
// its tables.
//
// Source: sglang/srt/layers/rotary_embedding/factory.py, rope_variant.py, yarn.py, mrope.py,
// base.py.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "core/dialects/engine_rope.h"
#include "core/json/json_value.h"

namespace rope {

inline constexpr char kSglang[] = "sglang 0.5.23";

// Plain data.
struct SglangArguments {
  int64_t head_size = 0;                // channels of a head
  double rotary_dim = 0;                // channels that rotate, before partial_rotary_factor
  std::optional<int64_t> max_position;  // L; absent: the configuration has none
  JsonValue base;                       // rope_theta; null: none
  bool is_neox_style = true;
  JsonValue rope_scaling;  // null: no scaling
  double partial_rotary_factor = 1.0;
  JsonValue dual_chunk_attention_config;  // null: none
  std::string path = "rope_parameters";   // of rope_scaling in the document, for messages
};

// INVALID_ARGUMENT if the engine raises an exception, or if a value is beyond what this service
// computes. Pure.
absl::StatusOr<EngineRope> SglangGetRope(const SglangArguments& arguments);

}  // namespace rope
