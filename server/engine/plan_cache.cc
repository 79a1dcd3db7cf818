#include "server/engine/plan_cache.h"

#include <utility>

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
  key.reserve(config_json.size() + options.layer_type.size() + options.dialect.size() + 16);
  key.push_back(flags);
  key.push_back(static_cast<char>(options.profile));
  const auto layer_type_bytes = static_cast<uint32_t>(options.layer_type.size());
  key.append(reinterpret_cast<const char*>(&layer_type_bytes), sizeof layer_type_bytes);
  key.append(options.layer_type);
  const auto dialect_bytes = static_cast<uint32_t>(options.dialect.size());
  key.append(reinterpret_cast<const char*>(&dialect_bytes), sizeof dialect_bytes);
  key.append(options.dialect);
  const std::string overrides = OverrideBytes(options.overrides);
  const auto override_bytes = static_cast<uint64_t>(overrides.size());
  key.append(reinterpret_cast<const char*>(&override_bytes), sizeof override_bytes);
  key.append(overrides);
  key.append(config_json.data(), config_json.size());
  return key;
}

// The memory of what a dialect made of a configuration.
int64_t ChargeOf(const ResolvedDialect& dialect) {
  const EngineRope& rope = dialect.rope;
  size_t bytes = sizeof dialect + sizeof(float) * rope.inv_freq.size() + rope.no_table.size() +
                 rope.axes.of_frequency.size();
  if (rope.long_frequencies.has_value()) {
    bytes += sizeof(float) * rope.long_frequencies->inv_freq.size();
  }
  for (const std::string& note : rope.notes) bytes += sizeof(std::string) + note.size();
  return static_cast<int64_t>(bytes);
}

int64_t ChargeOf(const std::string& key, const ResolvedPlan& resolved) {
  const RopeConfig& config = resolved.config;
  const auto factors = static_cast<int64_t>(config.short_factor.size() + config.long_factor.size() +
                                            config.inv_freq.size() + config.lane_scale.size());
  // A frequency takes 4 bytes as a float32. In profile exact the plan also has a real number of 320
  // bits with its headers, and three doubles, for each frequency. An angle rule adds two doubles
  // and an axis.
  const int64_t bytes_of_frequency = resolved.plan.exact != nullptr    ? 160
                                     : resolved.plan.angles != nullptr ? 24
                                                                       : 4;
  return kOverhead + 2 * static_cast<int64_t>(key.size()) + 8 * factors +
         resolved.reading->bytes() + bytes_of_frequency * resolved.plan.half_width() +
         (resolved.dialect != nullptr ? ChargeOf(*resolved.dialect) : 0);
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
  // What a dialect takes also depends on whether the request states the length.
  const bool may_differ = found->seq_len != options.seq_len || found->dialect != nullptr;
  if (may_differ && DependsOnSeqLen(*found)) return PlanAtLength(*found, options);
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
