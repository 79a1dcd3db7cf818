#include "core/plan/frequency_plan.h"

#include <bit>
#include <cmath>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/rope_types/rope_types.h"
#include "core/rope_types/spectrum/spectrum_lanes.h"
#include "core/table/position_ids.h"
#include "core/table/table_rows.h"
#include "xxhash.h"

namespace rope {

// The widest table has one frequency for two channels of the widest head. core/table must not
// include core/rope_types, so this is the place to check that.
static_assert(kMaxHeadDim == 2 * kMaxHalfWidth);

namespace {

// Must change whenever equal bytes would no longer mean equal tables.
constexpr absl::string_view kPlanVersion = "rope-plan-1";

void AppendUint32(uint32_t value, std::string* out) {
  for (int shift = 0; shift < 32; shift += 8) {
    out->push_back(static_cast<char>((value >> shift) & 0xffU));
  }
}

// Number `index` of a sequence of little-endian uint32 numbers.
uint32_t Uint32At(absl::string_view words, size_t index) {
  uint32_t value = 0;
  for (size_t i = 0; i < sizeof(uint32_t); ++i) {
    const auto byte = static_cast<unsigned char>(words[sizeof(uint32_t) * index + i]);
    value |= uint32_t{byte} << (8 * i);
  }
  return value;
}

void AppendFloat(float value, std::string* out) {
  AppendUint32(std::bit_cast<uint32_t>(value), out);
}

// Every table of a plan that takes no positions of one axis depends on which axis a lane reads.
void AppendAxes(const FrequencyPlan& plan, std::string* bytes) {
  if (plan.axes == nullptr || plan.axes->equal_without_axes) return;
  absl::StrAppend(bytes, "axes ", plan.axes->half_split_per_axis, "\n",
                  absl::StrJoin(plan.axes->of_frequency, " "), "\n");
}

// Puts the given frequencies in place of the type's, then multiplies by the given factors. A given
// number is rounded to the format of the profile first: not at all for Real, once for float.
template <typename Number>
void UseGiven(const RopeConfig& config, std::vector<Number>* inv_freq) {
  for (size_t i = 0; i < config.inv_freq.size(); ++i) {
    (*inv_freq)[i] = static_cast<Number>(config.inv_freq[i]);
  }
  for (size_t i = 0; i < config.lane_scale.size(); ++i) {
    (*inv_freq)[i] = (*inv_freq)[i] * static_cast<Number>(config.lane_scale[i]);
  }
}

// INVALID_ARGUMENT unless the list is empty or has `frequencies` values.
absl::Status CheckCount(absl::string_view name, const std::vector<double>& values,
                        size_t frequencies) {
  if (values.empty() || values.size() == frequencies) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      name, " must have ", frequencies, " values, one for each frequency, not ", values.size()));
}

absl::Status CheckCounts(const RopeConfig& config, size_t frequencies) {
  if (absl::Status status = CheckCount("inv_freq", config.inv_freq, frequencies); !status.ok()) {
    return status;
  }
  return CheckCount("lane_scale", config.lane_scale, frequencies);
}

void FillExact(ExactFrequencies frequencies, FrequencyPlan* plan) {
  for (const Real& w : frequencies.inv_freq) plan->inv_freq.push_back(w.ToFloat());
  plan->attention_factor = frequencies.attention_factor.ToDouble();
  plan->exact = std::make_shared<const ExactPlan>(std::move(frequencies));
}

}  // namespace

void FrequencyPlan::OmitAttentionFactor() {
  attention_factor = 1.0;
  if (exact == nullptr) return;
  ExactFrequencies frequencies = exact->real;
  frequencies.attention_factor = 1.0;
  exact = std::make_shared<const ExactPlan>(std::move(frequencies));
}

absl::Status CheckPlanIsFinite(const FrequencyPlan& plan) {
  for (size_t i = 0; i < plan.inv_freq.size(); ++i) {
    const float largest_angle =
        static_cast<float>(kMaxPosition) / plan.position_divisor * plan.inv_freq[i];
    if (!std::isfinite(largest_angle)) {
      return absl::InvalidArgumentError(
          absl::StrCat("inv_freq[", i, "] is ", plan.inv_freq[i],
                       " with these parameters; frequencies and angles must be finite float32"));
    }
  }
  if (!std::isfinite(static_cast<float>(plan.attention_factor))) {
    return absl::InvalidArgumentError(
        absl::StrCat("the attention factor is ", plan.attention_factor,
                     " with these parameters; it must be a finite float32"));
  }
  return absl::OkStatus();
}

absl::StatusOr<FrequencyPlan> MakeFrequencyPlan(const RopeConfig& config, NumericProfile profile,
                                                std::optional<int64_t> seq_len,
                                                HfCallSite call_site) {
  if (!config.spectrum.has_value() && FindRopeType(config.rope_type) == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("rope_type must be one of ", RopeTypeNames(),
                                                   ", not \"", config.rope_type, "\""));
  }
  const RopeType& type = RopeTypeOf(config);
  FrequencyPlan plan;
  plan.profile = profile;
  plan.rope_type = config.rope_type;
  plan.rotary_dim = config.rotary_dim;
  // Given frequencies are those of every length, and so is the attention factor beside them.
  if (!config.inv_freq.empty()) seq_len.reset();
  if (profile == NumericProfile::kExact) {
    ExactFrequencies frequencies = type.compute_exact(config, seq_len, call_site);
    absl::Status status = CheckCounts(config, frequencies.inv_freq.size());
    if (!status.ok()) return status;
    UseGiven(config, &frequencies.inv_freq);
    FillExact(std::move(frequencies), &plan);
  } else {
    Frequencies frequencies = type.compute(config, seq_len, call_site);
    absl::Status status = CheckCounts(config, frequencies.inv_freq.size());
    if (!status.ok()) return status;
    UseGiven(config, &frequencies.inv_freq);
    plan.inv_freq = std::move(frequencies.inv_freq);
    plan.attention_factor = frequencies.attention_factor;
    if (config.spectrum.has_value()) plan.angles = AngleRuleOf(*config.spectrum);
  }
  if (config.spectrum.has_value()) {
    PositionAxes axes = AxesOf(*config.spectrum);
    if (axes.count > 1) plan.axes = std::make_shared<const PositionAxes>(std::move(axes));
  }
  if (absl::Status status = CheckPlanIsFinite(plan); !status.ok()) return status;
  return plan;
}

std::string CanonicalBytes(const FrequencyPlan& plan) {
  std::string bytes(kPlanVersion.data(), kPlanVersion.size());
  bytes.push_back('\0');
  bytes.push_back(static_cast<char>(plan.profile));
  if (plan.exact != nullptr) {
    absl::StrAppend(&bytes, plan.exact->real.attention_factor.Canonical(), "\n");
    for (const Real& w : plan.exact->real.inv_freq) absl::StrAppend(&bytes, w.Canonical(), "\n");
  } else {
    AppendFloat(static_cast<float>(plan.attention_factor), &bytes);
    AppendUint32(static_cast<uint32_t>(plan.inv_freq.size()), &bytes);
    for (float w : plan.inv_freq) AppendFloat(w, &bytes);
    if (plan.position_divisor != 1.0F) AppendFloat(plan.position_divisor, &bytes);
    if (plan.angles != nullptr) AppendAngleRule(*plan.angles, &bytes);
  }
  AppendAxes(plan, &bytes);
  return bytes;
}

absl::StatusOr<FrequencyPlan> PlanFromCanonicalBytes(absl::string_view bytes) {
  const absl::Status bad =
      absl::InvalidArgumentError("these are not the canonical bytes of a plan of profile hf");
  constexpr size_t kPrefixBytes = kPlanVersion.size() + 2;  // version, 0, profile
  if (bytes.size() < kPrefixBytes) return bad;
  const absl::string_view words = bytes.substr(kPrefixBytes);
  if (words.size() % sizeof(uint32_t) != 0) return bad;
  const size_t count = words.size() / sizeof(uint32_t);
  constexpr size_t kFrequenciesAt = 2;  // after the attention factor and the number of frequencies
  if (count <= kFrequenciesAt) return bad;
  const size_t end = kFrequenciesAt + Uint32At(words, 1);
  if (end != count && end + 1 != count) return bad;
  FrequencyPlan plan;
  plan.attention_factor = std::bit_cast<float>(Uint32At(words, 0));
  for (size_t i = kFrequenciesAt; i < end; ++i) {
    plan.inv_freq.push_back(std::bit_cast<float>(Uint32At(words, i)));
  }
  if (end < count) plan.position_divisor = std::bit_cast<float>(Uint32At(words, end));
  if (CanonicalBytes(plan) != bytes) return bad;  // another version or profile
  if (absl::Status status = CheckPlanIsFinite(plan); !status.ok()) return status;
  return plan;
}

std::string ConfigId(const FrequencyPlan& plan) {
  const std::string bytes = CanonicalBytes(plan);
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return absl::StrFormat("rope1-%016x%016x", hash.high64, hash.low64);
}

}  // namespace rope
