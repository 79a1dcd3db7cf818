// ResolvedPlan: the plan of one layer type, and the configuration that it was made from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "core/config/model_config.h"
#include "core/plan/frequency_plan.h"

namespace rope::engine {

// What a caller asks for beside the configuration.
struct ResolveOptions {
  std::string layer_type;  // "": every one
  std::optional<int64_t> seq_len;
  NumericProfile profile = NumericProfile::kHf;
  HfCallSite call_site = HfCallSite::kInitFunction;
  bool strict = false;                 // warnings refuse a configuration
  bool apply_attention_factor = true;  // false: plans have the factor 1
};

struct ResolvedPlan {
  std::string layer_type;  // "" where the model has one set of parameters
  RopeConfig config;
  std::optional<int64_t> seq_len;
  double attention_factor = 1.0;  // the model's, part of the plan unless it was left out
  FrequencyPlan plan;
};

// Makes the plan of an accepted configuration. MakeFrequencyPlan's status.
absl::StatusOr<ResolvedPlan> MakeResolvedPlan(std::string layer_type, RopeConfig config,
                                              const ResolveOptions& options);

}  // namespace rope::engine
