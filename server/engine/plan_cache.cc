#include "server/engine/plan_cache.h"

#include <utility>

#include "core/rope_types/rope_types.h"

namespace rope::engine {
namespace {

// Beside the key: a ResolvedPlan with its vectors, and places in two containers.
constexpr int64_t kOverhead = 1024;

// All that decides the answer but the sequence length, in front of the configuration's bytes.
std::string KeyOf(absl::string_view config_json, const ResolveOptions& options) {
  const char flags =
      static_cast<char>((options.strict ? 1 : 0) | (options.apply_attention_factor ? 2 : 0) |
                        (options.call_site == HfCallSite::kForward ? 4 : 0));
  std::string key;
  key.reserve(config_json.size() + options.layer_type.size() + 8);
  key.push_back(flags);
  key.push_back(static_cast<char>(options.profile));
  const auto layer_type_bytes = static_cast<uint32_t>(options.layer_type.size());
  key.append(reinterpret_cast<const char*>(&layer_type_bytes), sizeof layer_type_bytes);
  key.append(options.layer_type);
  key.append(config_json.data(), config_json.size());
  return key;
}

int64_t ChargeOf(const std::string& key, const ResolvedPlan& resolved) {
  const auto doubles = static_cast<int64_t>(resolved.config.short_factor.size() +
                                            resolved.config.long_factor.size());
  // In profile exact the plan holds real numbers of 320 bits and three doubles for each frequency.
  const int64_t bytes_of_frequency = resolved.plan.exact != nullptr ? 160 : 4;
  return kOverhead + 2 * static_cast<int64_t>(key.size()) + 8 * doubles +
         bytes_of_frequency * resolved.plan.half_width();
}

bool DependsOnSeqLen(const ResolvedPlan& resolved) {
  return FindRopeType(resolved.config.rope_type)->seq_len_dependence != SeqLenDependence::kNone;
}

}  // namespace

absl::StatusOr<ResolvedPlan> MakeResolvedPlan(std::string layer_type, RopeConfig config,
                                              const ResolveOptions& options) {
  auto plan = MakeFrequencyPlan(config, options.profile, options.seq_len, options.call_site);
  if (!plan.ok()) return plan.status();
  const double attention_factor = plan->attention_factor;
  if (!options.apply_attention_factor) plan->OmitAttentionFactor();
  return ResolvedPlan{std::move(layer_type), std::move(config), options.seq_len, attention_factor,
                      *std::move(plan)};
}

std::optional<absl::StatusOr<ResolvedPlan>> PlanCache::Find(absl::string_view config_json,
                                                            const ResolveOptions& options) {
  const std::string key = KeyOf(config_json, options);
  std::shared_ptr<const ResolvedPlan> found;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto* const kept = kept_.Find(key);
    ++(kept != nullptr ? counters_.hits : counters_.misses);
    if (kept == nullptr) return std::nullopt;
    found = *kept;
  }
  if (found->seq_len != options.seq_len && DependsOnSeqLen(*found)) {
    return MakeResolvedPlan(found->layer_type, found->config, options);
  }
  ResolvedPlan resolved = *found;
  resolved.seq_len = options.seq_len;
  return resolved;
}

void PlanCache::Keep(absl::string_view config_json, const ResolveOptions& options,
                     const ResolvedPlan& resolved) {
  std::string key = KeyOf(config_json, options);
  const int64_t charge = ChargeOf(key, resolved);
  auto kept = std::make_shared<const ResolvedPlan>(resolved);
  const std::lock_guard<std::mutex> lock(mutex_);
  kept_.Insert(std::move(key), std::move(kept), charge);
}

PlanCache::Counters PlanCache::counters() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  Counters counters = counters_;
  counters.entries = kept_.size();
  counters.bytes = kept_.charge();
  return counters;
}

}  // namespace rope::engine
