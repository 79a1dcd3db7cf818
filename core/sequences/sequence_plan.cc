#include "core/sequences/sequence_plan.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/rope_types/rope_types.h"
#include "core/table/position_ids.h"

namespace rope {
namespace {

constexpr size_t kMaxLengths = 4096;

// Everything of the plan except the frequencies.
LengthPlan PlaceOf(const RopeConfig& config, int64_t length) {
  LengthPlan place;
  place.length = length;
  const std::optional<int64_t> last = SwitchLengthOf(config);
  if (!last.has_value()) return place;
  if (length <= *last) {
    place.regime = LengthRegime::kOriginal;
    place.until = *last;
  } else if (DependenceOf(config) == SeqLenDependence::kThreshold) {
    place.regime = LengthRegime::kLong;
    place.from = *last + 1;
  } else {
    place.regime = LengthRegime::kStretched;
    place.from = length;
    place.until = length;
  }
  return place;
}

CachedKeys KeysAfter(const LengthPlan& before, const LengthPlan& now) {
  if (CanonicalBytes(before.plan) == CanonicalBytes(now.plan)) return CachedKeys::kKeep;
  const bool stretched =
      before.regime == LengthRegime::kStretched || now.regime == LengthRegime::kStretched;
  return stretched ? CachedKeys::kReRotate : CachedKeys::kReprefill;
}

}  // namespace

absl::string_view LengthRegimeName(LengthRegime regime) {
  switch (regime) {
    case LengthRegime::kConstant:
      return "constant";
    case LengthRegime::kOriginal:
      return "original";
    case LengthRegime::kLong:
      return "long";
    case LengthRegime::kStretched:
      break;
  }
  return "stretched";
}

absl::string_view CachedKeysName(CachedKeys cached_keys) {
  switch (cached_keys) {
    case CachedKeys::kKeep:
      return "keep";
    case CachedKeys::kReRotate:
      return "re-rotate";
    case CachedKeys::kReprefill:
      break;
  }
  return "re-prefill";
}

absl::Status CheckLengths(absl::Span<const int64_t> lengths) {
  if (lengths.empty() || lengths.size() > kMaxLengths) {
    return absl::InvalidArgumentError(
        absl::StrCat("lengths must have 1 to ", kMaxLengths, " entries, not ", lengths.size()));
  }
  for (size_t i = 0; i < lengths.size(); ++i) {
    if (lengths[i] < 1 || lengths[i] > kMaxPosition + 1) {
      return absl::InvalidArgumentError(
          absl::StrCat("lengths[", i, "] must be 1 to ", kMaxPosition + 1, ", not ", lengths[i]));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<LengthPlan>> PlanSequence(const RopeConfig& config,
                                                     NumericProfile profile,
                                                     absl::Span<const int64_t> lengths) {
  if (absl::Status status = CheckLengths(lengths); !status.ok()) return status;
  std::vector<LengthPlan> plans;
  plans.reserve(lengths.size());
  for (int64_t length : lengths) {
    LengthPlan one = PlaceOf(config, length);
    auto plan = MakeFrequencyPlan(config, profile, length, HfCallSite::kForward);
    if (!plan.ok()) return plan.status();
    one.plan = *std::move(plan);
    if (!plans.empty()) one.cached_keys = KeysAfter(plans.back(), one);
    plans.push_back(std::move(one));
  }
  return plans;
}

}  // namespace rope
