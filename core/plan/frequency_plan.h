// FrequencyPlan: everything that a cos/sin table depends on, resolved. Made before anything is
// keyed, cached or computed: the sequence length has already chosen the frequencies.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/plan/exact_plan.h"
#include "core/rope_types/rope_config.h"
#include "core/rope_types/rope_type.h"
#include "core/table/numeric_profile.h"

namespace rope {

struct FrequencyPlan {
  NumericProfile profile = NumericProfile::kHf;
  std::string rope_type;
  int64_t rotary_dim = 0;
  std::vector<float> inv_freq;    // radians per position, ceil(rotary_dim/2) of them, all finite
  double attention_factor = 1.0;  // multiplies cos and sin (as float32 in profile hf); finite
  // Profile exact: what tables are computed from; the two above are its values, rounded once. Null
  // in profile hf.
  std::shared_ptr<const ExactPlan> exact;

  // Makes the attention factor 1, for tables without it.
  void OmitAttentionFactor();

  int64_t half_width() const { return static_cast<int64_t>(inv_freq.size()); }
};

// Resolves `config` for a sequence length. `seq_len` absent: the frequencies of load time.
// `call_site`: kInitFunction to answer frequencies, kForward for the tables a model's forward would
// make. INVALID_ARGUMENT when the frequencies or angles up to kMaxPosition would not be finite;
// otherwise OK for every valid config and seq_len >= 1. Pure.
absl::StatusOr<FrequencyPlan> MakeFrequencyPlan(const RopeConfig& config, NumericProfile profile,
                                                std::optional<int64_t> seq_len,
                                                HfCallSite call_site);

// Canonical bytes of a plan: equal exactly where two plans compute the same tables. Floats by bit
// pattern, little-endian, fields in a fixed order behind a version. Stable across processes, hosts
// and releases (the version changes when the meaning does).
std::string CanonicalBytes(const FrequencyPlan& plan);

// A plan that computes the tables of these bytes; its rope_type and rotary_dim are not known any
// more. INVALID_ARGUMENT where they are not the canonical bytes of a plan of profile hf.
absl::StatusOr<FrequencyPlan> PlanFromCanonicalBytes(absl::string_view bytes);

// "rope1-" and 32 hex digits of the 128-bit XXH3 of CanonicalBytes: a label for people, headers and
// logs. Look-ups compare the canonical bytes themselves.
std::string ConfigId(const FrequencyPlan& plan);

}  // namespace rope
