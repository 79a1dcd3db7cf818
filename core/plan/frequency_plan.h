// FrequencyPlan: everything that the rows of a table depend on, except the positions and the form.
//
// A plan is the result of one parameter set at one sequence length. The length chooses the
// frequencies, so the plan is made before anything is looked up in a cache or computed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/plan/angle_rule.h"
#include "core/plan/exact_plan.h"
#include "core/rope_types/position_axes.h"
#include "core/rope_types/rope_config.h"
#include "core/rope_types/rope_type.h"
#include "core/table/numeric_profile.h"

namespace rope {

// Plain data. A const one may be read from several threads.
struct FrequencyPlan {
  NumericProfile profile = NumericProfile::kHf;

  // Where the frequencies come from, for people. Tables do not depend on these two.
  std::string rope_type;
  int64_t rotary_dim = 0;

  // [ceil(rotary_dim/2)], radians per position, all finite.
  std::vector<float> inv_freq;

  // Multiplies cos and sin; finite as a float32. Profile `hf` rounds it to float32.
  double attention_factor = 1.0;

  // Profile `hf`: positions are divided by it before they are multiplied by a frequency, all in
  // float32. 1 in transformers; some engines scale positions and not frequencies. > 0.
  float position_divisor = 1.0F;

  // Profile `exact`: what tables are computed from. inv_freq and attention_factor are then its
  // values, rounded once. Null in profile `hf`. Copies of a plan share it.
  std::shared_ptr<const ExactPlan> exact;

  // Profile `hf`: how angles are computed if not as Backend says, by one product in float32. Null:
  // so. The service gives the rows of such a plan to a backend angle by angle (FillTableRows).
  std::shared_ptr<const AngleRule> angles;

  // Which axis each frequency reads, for positions of several axes. Null: the model has one axis. A
  // table at positions of one axis does not depend on it, so CanonicalBytes does not contain it,
  // unless the plan takes no such positions (PositionAxes::equal_without_axes).
  std::shared_ptr<const PositionAxes> axes;

  // Sets the attention factor to 1, for tables that leave it out.
  void OmitAttentionFactor();

  // The number of frequencies.
  int64_t half_width() const { return static_cast<int64_t>(inv_freq.size()); }
};

// Computes the plan of `config`.
//   seq_len    the sequence length, >= 1, that types like dynamic and longrope choose frequencies
//              by; nullopt for the frequencies that a model has when it has just been loaded
//   call_site  kInitFunction for frequencies as such, kForward for the tables that a model's
//              forward makes (see HfCallSite)
//
// RopeConfig::inv_freq and lane_scale are used last. Profile `hf` rounds each of their numbers to
// float32, and each product of a frequency and its factor, as torch multiplies two float32 tensors.
// Profile `exact` rounds nothing: the product is that of real numbers.
//
// INVALID_ARGUMENT if the rope type is unknown, if inv_freq or lane_scale has another length than
// the type has frequencies, or if a frequency, the attention factor or an angle up to kMaxPosition
// would not be finite. OK otherwise, for every valid config. Pure.
absl::StatusOr<FrequencyPlan> MakeFrequencyPlan(const RopeConfig& config, NumericProfile profile,
                                                std::optional<int64_t> seq_len,
                                                HfCallSite call_site);

// INVALID_ARGUMENT unless every angle up to kMaxPosition and the attention factor are finite as
// float32. Every cos and sin times the factor is then finite, too. Pure.
absl::Status CheckPlanIsFinite(const FrequencyPlan& plan);

// The canonical bytes of a plan. Two plans have the same bytes exactly if they compute the same
// tables. The bytes are the same in every process, on every host and in every release; they start
// with a version, which changes whenever their meaning changes. Pure.
//
// Profile `hf`: version, 0, profile, float32(attention_factor), the number of frequencies (uint32),
// inv_freq, and position_divisor unless it is 1. Floats are bit patterns, and all numbers are
// little-endian. Profile `exact`: version, 0, profile, then Real::Canonical and a newline for the
// attention factor and for each frequency.
std::string CanonicalBytes(const FrequencyPlan& plan);

// The plan with these canonical bytes. Its rope_type and rotary_dim are empty and 0, because the
// bytes do not hold them. INVALID_ARGUMENT if these are not the canonical bytes of a plan of
// profile `hf`. Pure.
absl::StatusOr<FrequencyPlan> PlanFromCanonicalBytes(absl::string_view bytes);

// "rope1-" and the 32 hex digits of the 128-bit XXH3 of CanonicalBytes: a short name for people,
// headers and logs. Caches compare the canonical bytes themselves. Pure.
std::string ConfigId(const FrequencyPlan& plan);

}  // namespace rope
