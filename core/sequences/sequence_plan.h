// SequencePlan: which frequencies a sequence of some length gets, over which lengths they hold, and
// what becomes of keys that were cached with other ones.
//
// Everything here is a function of the configuration and the lengths alone. It depends neither on
// the other sequences of a batch nor on earlier calls, unlike the modules of transformers (see
// SequenceHistory).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/plan/frequency_plan.h"
#include "core/rope_types/rope_config.h"

namespace rope {

// How the frequencies depend on the length, around one length.
enum class LengthRegime {
  kConstant,   // every length has the same frequencies
  kOriginal,   // up to a length: the frequencies of load time
  kLong,       // beyond it: another list of frequencies, the same for all such lengths (longrope)
  kStretched,  // beyond it: other frequencies at every length (dynamic)
};

// "constant", "original", "long" or "stretched".
absl::string_view LengthRegimeName(LengthRegime regime);

// What must happen to keys that were cached at an earlier length, before the model continues at
// this one.
enum class CachedKeys {
  kKeep,  // they were rotated with the same frequencies and the same factor
  // The frequencies differ. A key at position p can be turned by p * (new - old inv_freq). The keys
  // of the first layer are then those of a new prefill. Those of deeper layers come close, because
  // their inputs were computed with the earlier frequencies.
  kReRotate,
  // The frequencies and perhaps the factor change at once and by much. Compute the keys again.
  kReprefill,
};

// "keep", "re-rotate" or "re-prefill".
absl::string_view CachedKeysName(CachedKeys cached_keys);

// The plan of one length.
struct LengthPlan {
  int64_t length = 0;
  LengthRegime regime = LengthRegime::kConstant;
  FrequencyPlan plan;  // of a forward over a sequence of this length
  // All lengths that have this plan. An absent `until` means that there is no end.
  int64_t from = 1;
  std::optional<int64_t> until;
  // Compared with the entry before; absent for the first.
  std::optional<CachedKeys> cached_keys;
};

// INVALID_ARGUMENT unless there are 1 to 4096 lengths, all in [1, kMaxPosition + 1].
absl::Status CheckLengths(absl::Span<const int64_t> lengths);

// One entry for each length, in the order of `lengths`. Fails like CheckLengths and
// MakeFrequencyPlan. Pure.
absl::StatusOr<std::vector<LengthPlan>> PlanSequence(const RopeConfig& config,
                                                     NumericProfile profile,
                                                     absl::Span<const int64_t> lengths);

}  // namespace rope
