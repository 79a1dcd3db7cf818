#include "core/validation/drift_frequencies.h"

#include <algorithm>
#include <cmath>

#include "core/plan/frequency_plan.h"
#include "core/table/position_ids.h"

namespace rope {
namespace {

int64_t LongestLength(const RopeConfig& a, const RopeConfig& b) {
  const int64_t length =
      std::max(a.max_position_embeddings.value_or(1), b.max_position_embeddings.value_or(1));
  return std::clamp<int64_t>(length, 1, kMaxPosition + 1);
}

// Adds what one pair of plans differs in. A frequency that only one of them has counts as 0 in the
// other. The attention factors are those of the last pair.
void AddPlans(const FrequencyPlan& own, const FrequencyPlan& preset, LayerDrift* drift) {
  const size_t count = std::max(own.inv_freq.size(), preset.inv_freq.size());
  for (size_t i = 0; i < count; ++i) {
    const double a = i < own.inv_freq.size() ? own.inv_freq[i] : 0.0;
    const double b = i < preset.inv_freq.size() ? preset.inv_freq[i] : 0.0;
    if (a == b) continue;
    drift->moved.insert(static_cast<int64_t>(i));
    if (a > 0.0 && b > 0.0) {
      drift->largest_ratio = std::max(drift->largest_ratio, std::max(a / b, b / a));
    }
    const double angle = std::abs(a - b) * static_cast<double>(drift->length - 1);
    drift->angle = std::max(drift->angle, angle);
  }
  drift->frequencies = static_cast<int64_t>(count);
  drift->attention_factor = own.attention_factor;
  drift->preset_attention_factor = preset.attention_factor;
}

}  // namespace

std::optional<LayerDrift> CompareFrequencies(const RopeConfig& config, const RopeConfig& preset) {
  LayerDrift drift;
  drift.length = LongestLength(config, preset);
  const std::optional<int64_t> lengths[] = {std::nullopt, drift.length};
  for (const std::optional<int64_t>& length : lengths) {
    const auto own = MakeFrequencyPlan(config, NumericProfile::kHf, length, HfCallSite::kForward);
    const auto theirs =
        MakeFrequencyPlan(preset, NumericProfile::kHf, length, HfCallSite::kForward);
    if (!own.ok() || !theirs.ok()) return std::nullopt;
    AddPlans(*own, *theirs, &drift);
  }
  return drift;
}

}  // namespace rope
