#include "server/engine/plan_cache.h"

#include <utility>

#include "core/rope_types/rope_types.h"

namespace rope::engine {
namespace {

// Bytes of a kept plan besides its key and its vectors: a ResolvedPlan, and a node in two
// containers.
constexpr int64_t kOverhead = 1024;

// The key of a plan: all options except the sequence length, then the bytes of the configuration.
std::string KeyOf(absl::string_view config_json, const ResolveOptions& options) {
  const char flags =
      static_cast<char>((options.strict ? 1 : 0) | (options.omit_attention_factor ? 2 : 0) |
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
  const auto factors = static_cast<int64_t>(resolved.config.short_factor.size() +
                                            resolved.config.long_factor.size());
  // A frequency takes 4 bytes as a float32. In profile exact the plan also has a real number of 320
  // bits with its headers, and three doubles, for each frequency. An angle rule adds two doubles
  // and an axis.
  const int64_t bytes_of_frequency = resolved.plan.exact != nullptr    ? 160
                                     : resolved.plan.angles != nullptr ? 24
                                                                       : 4;
  return kOverhead + 2 * static_cast<int64_t>(key.size()) + 8 * factors +
         resolved.reading->bytes() + bytes_of_frequency * resolved.plan.half_width();
}

bool DependsOnSeqLen(const ResolvedPlan& resolved) {
  return RopeTypeOf(resolved.config).seq_len_dependence != SeqLenDependence::kNone;
}

}  // namespace

std::optional<absl::StatusOr<ResolvedPlan>> PlanCache::Find(absl::string_view config_json,
                                                            const ResolveOptions& options) {
  const std::string key = KeyOf(config_json, options);
  std::shared_ptr<const ResolvedPlan> found;
  {
    const MutexLock lock(mutex_);
    const auto* const kept = kept_.Find(key);
    ++(kept != nullptr ? counters_.hits : counters_.misses);
    if (kept == nullptr) return std::nullopt;
    found = *kept;
  }
  if (found->seq_len != options.seq_len && DependsOnSeqLen(*found)) {
    return MakeResolvedPlan(found->layer_type, found->config, found->reading, found->plan.axes,
                            options);
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
  const MutexLock lock(mutex_);
  kept_.Insert(std::move(key), std::move(kept), charge);
}

PlanCache::Counters PlanCache::counters() const {
  const MutexLock lock(mutex_);
  Counters counters = counters_;
  counters.entries = kept_.size();
  counters.bytes = kept_.charge();
  return counters;
}

}  // namespace rope::engine
