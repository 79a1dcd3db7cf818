// ResolvedPlan: the plan of one layer type, and the configuration from which it was made.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "core/config/model_config.h"
#include "core/dialects/dialects.h"
#include "core/plan/frequency_plan.h"
#include "core/validation/overrides.h"
#include "server/engine/reading.h"

namespace rope::engine {

// What a request states besides the configuration.
struct ResolveOptions {
  std::string layer_type;          // "": all layer types
  std::optional<int64_t> seq_len;  // 1 to kMaxPosition + 1; absent: frequencies as loaded
  NumericProfile profile = NumericProfile::kHf;
  HfCallSite call_site = HfCallSite::kInitFunction;
  bool strict = false;                 // a configuration with warnings is refused as well
  bool omit_attention_factor = false;  // cos and sin are not multiplied by the attention factor
  Overrides overrides = {};            // in place of parts of the configuration
  // Whose reading applies, see FindDialect; "" is that of transformers.
  std::string dialect = {};
  // Whether the request names seq_len. If not, it follows from its positions.
  bool seq_len_is_stated = true;
};

// What another dialect than transformers makes of the layers of one type. Never changes.
struct ResolvedDialect {
  const Dialect* dialect = nullptr;  // never null
  EngineRope rope;
  bool is_guess = false;
};

struct ResolvedPlan {
  std::string layer_type;  // "" if the model has one parameter set for all layers
  RopeConfig config;
  std::shared_ptr<const Reading> reading;  // never null
  std::optional<int64_t> seq_len;
  // The model's factor, whether or not it is part of the plan.
  double attention_factor = 1.0;
  // The request asked to leave the factor out, and this changes cos and sin: the factor is not 1.
  bool attention_factor_omitted = false;
  FrequencyPlan plan = {};
  std::shared_ptr<const ResolvedDialect> dialect = nullptr;  // null: read as transformers reads it
  // The channels of a head that the model rotates. If the family takes the rotated part out of a
  // wider head, the offset is that in the part.
  Window window = {};
  bool window_is_given = false;  // by the request; if not, it is that of the family
};

// Makes the plan of an accepted configuration. `reading` must not be null; `axes` becomes
// FrequencyPlan::axes. Returns
// MakeFrequencyPlan's status if that fails.
absl::StatusOr<ResolvedPlan> MakeResolvedPlan(std::string layer_type, RopeConfig config,
                                              std::shared_ptr<const Reading> reading,
                                              std::shared_ptr<const PositionAxes> axes,
                                              const ResolveOptions& options);

// Makes the plan of what a dialect computes; neither pointer may be null. Returns PlanOf's status
// if that fails.
absl::StatusOr<ResolvedPlan> MakeDialectPlan(std::string layer_type,
                                             std::shared_ptr<const ResolvedDialect> dialect,
                                             std::shared_ptr<const Reading> reading,
                                             const ResolveOptions& options);

// Whether another sequence length may give another plan.
bool DependsOnSeqLen(const ResolvedPlan& resolved);

// The plan of the same configuration at options.seq_len. Fails as the function that made `known`.
absl::StatusOr<ResolvedPlan> PlanAtLength(const ResolvedPlan& known, const ResolveOptions& options);

}  // namespace rope::engine
