// EngineRope: what an inference engine computes for the layers of one type.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/plan/frequency_plan.h"
#include "core/rope_types/position_axes.h"
#include "core/rope_types/rope_config.h"
#include "core/rope_types/rope_type.h"

namespace rope {

// The second list of frequencies of type longrope, and when an engine takes it.
struct LongFrequencies {
  std::vector<float> inv_freq;
  double attention_factor = 1.0;
  double original_length = 0.0;  // L0, in positions
  // The engine takes the second list for sequences with at least this many positions beyond L0: 1,
  // or 2 if it looks at the largest position and not at the length.
  int64_t positions_beyond = 1;
  // The length that fixes the list when the engine starts; it then depends on no request. Absent:
  // the engine chooses at each call.
  std::optional<int64_t> fixed_by_length;
};

// Plain data. A const one may be read from several threads.
struct EngineRope {
  // The class of the engine that makes the table; empty if the engine runs transformers' code.
  std::string engine_class;

  // The parameters in effect. Without an engine_class, transformers computes with them. With one,
  // they are for people: rope_type may be a type that transformers does not know.
  RopeConfig config;

  // Only with an engine_class: ceil(rotary_dim / 2) frequencies, in radians per position. A type
  // that leaves channels unturned has a 0 for each pair of them.
  std::vector<float> inv_freq;
  double attention_factor = 1.0;
  float position_divisor = 1.0F;  // see FrequencyPlan
  std::optional<LongFrequencies> long_frequencies;

  PositionAxes axes;
  bool is_neox_style = true;   // pairs channels i and i + n; false: 2i and 2i + 1
  int64_t first_position = 0;  // of the engine's table
  // Rows of the engine's table; absent if it depends on more than the configuration.
  std::optional<int64_t> table_rows;
  // What the model multiplies the scale of attention by (latent attention with yarn); 1: nothing.
  double softmax_scale_factor = 1.0;

  // Why the engine's tables are not rows of cos and sin at a position, as a sentence. Empty: they
  // are.
  std::string no_table;
  // What a reader of the answer must know, as sentences.
  std::vector<std::string> notes;
};

// The sequence length that an answer is about.
struct DialectLength {
  std::optional<int64_t> seq_len;  // absent: a model that was just loaded
  // Whether a user named the length. If not, it follows from the positions of one request.
  bool stated = false;
  HfCallSite call_site = HfCallSite::kInitFunction;
};

// The plan at a length, in profile `hf`. A stated length replaces
// LongFrequencies::fixed_by_length: it is the longest sequence that the engine was started for.
// INVALID_ARGUMENT if a frequency or the factor is not finite. Pure.
absl::StatusOr<FrequencyPlan> PlanOf(const EngineRope& rope, const DialectLength& length);

// The frequencies of a plan as radians per position: inv_freq / position_divisor, in float32.
std::vector<float> EffectiveFrequencies(const FrequencyPlan& plan);

}  // namespace rope
