#include "core/dialects/engine_rope.h"

#include <memory>

namespace rope {
namespace {

bool TakesLongList(const LongFrequencies& list, const DialectLength& length) {
  if (list.fixed_by_length.has_value()) {
    const bool named = length.stated && length.seq_len.has_value();
    const int64_t fixed_by = named ? *length.seq_len : *list.fixed_by_length;
    return static_cast<double>(fixed_by) > list.original_length;
  }
  return length.seq_len.has_value() &&
         static_cast<double>(*length.seq_len - list.positions_beyond) >= list.original_length;
}

}  // namespace

absl::StatusOr<FrequencyPlan> PlanOf(const EngineRope& rope, const DialectLength& length) {
  if (rope.engine_class.empty()) {
    auto plan =
        MakeFrequencyPlan(rope.config, NumericProfile::kHf, length.seq_len, length.call_site);
    if (plan.ok() && rope.axes.count > 1) {
      plan->axes = std::make_shared<const PositionAxes>(rope.axes);
    }
    return plan;
  }
  FrequencyPlan plan;
  plan.rope_type = rope.config.rope_type;
  plan.rotary_dim = rope.config.rotary_dim;
  const bool is_long =
      rope.long_frequencies.has_value() && TakesLongList(*rope.long_frequencies, length);
  plan.inv_freq = is_long ? rope.long_frequencies->inv_freq : rope.inv_freq;
  plan.attention_factor = is_long ? rope.long_frequencies->attention_factor : rope.attention_factor;
  plan.position_divisor = rope.position_divisor;
  if (rope.axes.count > 1) plan.axes = std::make_shared<const PositionAxes>(rope.axes);
  if (absl::Status status = CheckPlanIsFinite(plan); !status.ok()) return status;
  return plan;
}

std::vector<float> EffectiveFrequencies(const FrequencyPlan& plan) {
  std::vector<float> frequencies = plan.inv_freq;
  for (float& w : frequencies) w /= plan.position_divisor;
  return frequencies;
}

}  // namespace rope
