#include "core/sequences/module_frequencies.h"

#include <optional>
#include <utility>

#include "core/plan/frequency_plan.h"
#include "core/rope_types/rope_types.h"
#include "core/sequences/sequence_history.h"
#include "core/sequences/sequence_plan.h"

namespace rope {

absl::StatusOr<std::vector<ModuleFrequencies>> ReplayModule(const RopeConfig& config,
                                                            absl::Span<const int64_t> lengths) {
  if (absl::Status status = CheckLengths(lengths); !status.ok()) return status;
  const bool stretches = DependenceOf(config) == SeqLenDependence::kContinuous;
  // Only a stretched module sees its length as a tensor. The buffer of PhiMoE is that of the init
  // function at every length, although its forward does not read the buffer.
  const HfCallSite call_site = stretches ? HfCallSite::kForward : HfCallSite::kInitFunction;
  std::optional<SequenceHistory> history;
  if (stretches) history.emplace(config.max_position_embeddings.value_or(1));
  std::vector<ModuleFrequencies> states;
  for (int64_t length : lengths) {
    const int64_t seq_len = history.has_value() ? history->Next(length) : length;
    auto plan = MakeFrequencyPlan(config, NumericProfile::kHf, seq_len, call_site);
    if (!plan.ok()) return plan.status();
    states.push_back({length, seq_len, std::move(plan->inv_freq), plan->attention_factor});
  }
  return states;
}

}  // namespace rope
