// get_rope of vLLM 0.33.0: from the arguments that a model's code passes to the class that makes
// its tables.
//
// Source: vllm/model_executor/layers/rotary_embedding/__init__.py and the classes beside it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "core/dialects/engine_rope.h"
#include "core/json/json_value.h"

namespace rope {

inline constexpr char kVllm[] = "vllm 0.33.0";

// get_rope's positions factor for M-RoPE, if the caller passes none.
inline constexpr double kMropePositionsFactor = 4.0;

// Plain data.
struct VllmArguments {
  int64_t head_size = 0;                // channels of a head
  std::optional<int64_t> max_position;  // L; absent: the configuration has none
  bool is_neox_style = true;
  JsonValue rope_parameters;
  double mrope_positions_factor = kMropePositionsFactor;
  // The longest sequence that the engine serves. Absent: max_position.
  std::optional<int64_t> max_model_len;
  JsonValue dual_chunk_attention_config;  // null: none
  std::string path = "rope_parameters";   // of rope_parameters in the document, for messages
};

// INVALID_ARGUMENT if the engine raises an exception, or if a value is beyond what this service
// computes. Pure.
absl::StatusOr<EngineRope> VllmGetRope(const VllmArguments& arguments);

}  // namespace rope
