#include "core/validation/check_computes.h"

#include <array>
#include <cstdint>
#include <optional>

#include "core/plan/frequency_plan.h"
#include "core/rope_types/rope_types.h"
#include "core/table/position_ids.h"

namespace rope {

// If the frequencies depend on the length, they are at their extremes at load time, at length 1 and
// at the longest length. How they depend on it differs between the call sites, so both are tried.
absl::Status CheckComputes(const RopeConfig& config) {
  const bool known = config.spectrum.has_value() || FindRopeType(config.rope_type) != nullptr;
  if (!known || DependenceOf(config) == SeqLenDependence::kNone) {
    return MakeFrequencyPlan(config, NumericProfile::kHf, std::nullopt, HfCallSite::kForward)
        .status();
  }
  const std::array<std::optional<int64_t>, 3> lengths = {std::nullopt, 1, kMaxPosition + 1};
  for (const std::optional<int64_t>& length : lengths) {
    for (const HfCallSite site : {HfCallSite::kInitFunction, HfCallSite::kForward}) {
      const auto plan = MakeFrequencyPlan(config, NumericProfile::kHf, length, site);
      if (!plan.ok()) return plan.status();
    }
  }
  return absl::OkStatus();
}

}  // namespace rope
