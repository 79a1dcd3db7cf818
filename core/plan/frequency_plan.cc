#include "core/plan/frequency_plan.h"

#include <bit>
#include <cmath>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/rope_types/rope_types.h"
#include "core/table/position_ids.h"
#include "xxhash.h"

namespace rope {
namespace {

// Changes whenever equal bytes would no longer mean equal tables.
constexpr absl::string_view kPlanVersion = "rope-plan-1";

void AppendUint32(uint32_t value, std::string* out) {
  for (int shift = 0; shift < 32; shift += 8) {
    out->push_back(static_cast<char>((value >> shift) & 0xffU));
  }
}

void AppendFloat(float value, std::string* out) {
  AppendUint32(std::bit_cast<uint32_t>(value), out);
}

// Every angle up to the last position is a finite float32, and so is every scaled cosine.
absl::Status CheckFinite(const FrequencyPlan& plan) {
  for (size_t i = 0; i < plan.inv_freq.size(); ++i) {
    const float largest_angle = static_cast<float>(kMaxPosition) * plan.inv_freq[i];
    if (!std::isfinite(largest_angle)) {
      return absl::InvalidArgumentError(
          absl::StrCat("these parameters make inv_freq[", i, "] = ", plan.inv_freq[i],
                       "; every frequency and angle must be a finite float32"));
    }
  }
  if (!std::isfinite(static_cast<float>(plan.attention_factor))) {
    return absl::InvalidArgumentError(absl::StrCat("these parameters make the attention factor ",
                                                   plan.attention_factor,
                                                   "; it must be a finite float32"));
  }
  return absl::OkStatus();
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

absl::StatusOr<FrequencyPlan> MakeFrequencyPlan(const RopeConfig& config, NumericProfile profile,
                                                std::optional<int64_t> seq_len,
                                                HfCallSite call_site) {
  const RopeType* type = FindRopeType(config.rope_type);
  if (type == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("rope_type \"", config.rope_type,
                                                   "\" is not known; known are ", RopeTypeNames()));
  }
  FrequencyPlan plan;
  plan.profile = profile;
  plan.rope_type = config.rope_type;
  plan.rotary_dim = config.rotary_dim;
  if (profile == NumericProfile::kExact) {
    FillExact(type->compute_exact(config, seq_len, call_site), &plan);
  } else {
    Frequencies frequencies = type->compute(config, seq_len, call_site);
    plan.inv_freq = std::move(frequencies.inv_freq);
    plan.attention_factor = frequencies.attention_factor;
  }
  if (absl::Status status = CheckFinite(plan); !status.ok()) return status;
  return plan;
}

std::string CanonicalBytes(const FrequencyPlan& plan) {
  std::string bytes(kPlanVersion.data(), kPlanVersion.size());
  bytes.push_back('\0');
  bytes.push_back(static_cast<char>(plan.profile));
  if (plan.exact != nullptr) {
    absl::StrAppend(&bytes, plan.exact->real.attention_factor.Canonical(), "\n");
    for (const Real& w : plan.exact->real.inv_freq) absl::StrAppend(&bytes, w.Canonical(), "\n");
    return bytes;
  }
  AppendFloat(static_cast<float>(plan.attention_factor), &bytes);
  AppendUint32(static_cast<uint32_t>(plan.inv_freq.size()), &bytes);
  for (float w : plan.inv_freq) AppendFloat(w, &bytes);
  return bytes;
}

absl::StatusOr<FrequencyPlan> PlanFromCanonicalBytes(absl::string_view bytes) {
  const absl::Status bad = absl::InvalidArgumentError("these are no bytes of a plan of profile hf");
  const size_t begin = kPlanVersion.size() + 2;  // version, 0, profile
  if (bytes.size() < begin + 8 || bytes.size() % 4 != begin % 4) return bad;
  const auto number = [&](size_t index) {
    uint32_t value = 0;
    for (size_t i = 0; i < 4; ++i) {
      value |= uint32_t{static_cast<unsigned char>(bytes[begin + 4 * index + i])} << (8 * i);
    }
    return value;
  };
  FrequencyPlan plan;
  plan.attention_factor = std::bit_cast<float>(number(0));
  const size_t count = (bytes.size() - begin) / 4 - 2;
  if (number(1) != count || count == 0) return bad;
  for (size_t i = 0; i < count; ++i) plan.inv_freq.push_back(std::bit_cast<float>(number(2 + i)));
  if (CanonicalBytes(plan) != bytes) return bad;
  if (absl::Status status = CheckFinite(plan); !status.ok()) return status;
  return plan;
}

std::string ConfigId(const FrequencyPlan& plan) {
  const std::string bytes = CanonicalBytes(plan);
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return absl::StrFormat("rope1-%016x%016x", hash.high64, hash.low64);
}

}  // namespace rope
