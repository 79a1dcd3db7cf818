#include "server/engine/resolved_plan.h"

#include <utility>

#include "core/rope_types/rope_types.h"

namespace rope::engine {

absl::StatusOr<ResolvedPlan> MakeResolvedPlan(std::string layer_type, RopeConfig config,
                                              std::shared_ptr<const Reading> reading,
                                              std::shared_ptr<const PositionAxes> axes,
                                              const ResolveOptions& options) {
  auto plan = MakeFrequencyPlan(config, options.profile, options.seq_len, options.call_site);
  if (!plan.ok()) return plan.status();
  plan->axes = std::move(axes);
  const double attention_factor = plan->attention_factor;
  if (options.omit_attention_factor) plan->OmitAttentionFactor();
  const bool omitted = options.omit_attention_factor && attention_factor != 1.0;
  return ResolvedPlan{std::move(layer_type), std::move(config), std::move(reading), options.seq_len,
                      attention_factor,      omitted,           *std::move(plan)};
}

bool DependsOnSeqLen(const ResolvedPlan& resolved) {
  return FindRopeType(resolved.config.rope_type)->seq_len_dependence != SeqLenDependence::kNone;
}

}  // namespace rope::engine
