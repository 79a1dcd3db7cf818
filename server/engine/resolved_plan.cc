#include "server/engine/resolved_plan.h"

#include <utility>

#include "core/rope_types/rope_types.h"

namespace rope::engine {
namespace {

// `resolved` with its plan and what follows from it.
ResolvedPlan WithPlan(ResolvedPlan resolved, FrequencyPlan plan, const ResolveOptions& options) {
  resolved.attention_factor = plan.attention_factor;
  resolved.attention_factor_omitted = options.omit_attention_factor && plan.attention_factor != 1.0;
  if (options.omit_attention_factor) plan.OmitAttentionFactor();
  resolved.plan = std::move(plan);
  return resolved;
}

}  // namespace

absl::StatusOr<ResolvedPlan> MakeResolvedPlan(std::string layer_type, RopeConfig config,
                                              std::shared_ptr<const Reading> reading,
                                              std::shared_ptr<const PositionAxes> axes,
                                              const ResolveOptions& options) {
  auto plan = MakeFrequencyPlan(config, options.profile, options.seq_len, options.call_site);
  if (!plan.ok()) return plan.status();
  if (axes != nullptr) plan->axes = std::move(axes);
  return WithPlan({std::move(layer_type), std::move(config), std::move(reading), options.seq_len},
                  *std::move(plan), options);
}

absl::StatusOr<ResolvedPlan> MakeDialectPlan(std::string layer_type,
                                             std::shared_ptr<const ResolvedDialect> dialect,
                                             std::shared_ptr<const Reading> reading,
                                             const ResolveOptions& options) {
  auto plan =
      PlanOf(dialect->rope, {options.seq_len, options.seq_len_is_stated, options.call_site});
  if (!plan.ok()) return plan.status();
  ResolvedPlan resolved =
      WithPlan({std::move(layer_type), dialect->rope.config, std::move(reading), options.seq_len},
               *std::move(plan), options);
  resolved.window = {0, resolved.plan.rotary_dim};
  resolved.dialect = std::move(dialect);
  return resolved;
}

bool DependsOnSeqLen(const ResolvedPlan& resolved) {
  if (resolved.dialect != nullptr) {
    const EngineRope& rope = resolved.dialect->rope;
    if (!rope.engine_class.empty()) return rope.long_frequencies.has_value();
  }
  return DependenceOf(resolved.config) != SeqLenDependence::kNone;
}

absl::StatusOr<ResolvedPlan> PlanAtLength(const ResolvedPlan& known,
                                          const ResolveOptions& options) {
  if (known.dialect != nullptr) {
    return MakeDialectPlan(known.layer_type, known.dialect, known.reading, options);
  }
  auto resolved =
      MakeResolvedPlan(known.layer_type, known.config, known.reading, known.plan.axes, options);
  if (!resolved.ok()) return resolved.status();
  resolved->window = known.window;
  resolved->window_is_given = known.window_is_given;
  return resolved;
}

}  // namespace rope::engine
