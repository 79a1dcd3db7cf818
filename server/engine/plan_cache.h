// PlanCache: keeps the plans of configurations that were accepted lately. A configuration is found
// by its bytes, so a request for a known one neither parses nor validates JSON.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/engine/cache/lru_map.h"
#include "server/engine/resolved_plan.h"
#include "server/engine/schedule/mutex.h"

namespace rope::engine {

// Thread-safe. Keeps accepted configurations only; a refused one is validated again each time.
class PlanCache {
 public:
  struct Counters {
    int64_t hits = 0;
    int64_t misses = 0;
    int64_t entries = 0;  // now
    int64_t bytes = 0;    // now; never more than the capacity
  };

  // `capacity_bytes` (>= 0); with 0 the cache keeps nothing.
  explicit PlanCache(int64_t capacity_bytes) : kept_(capacity_bytes) {}

  // The plan of `config_json` under `options`; absent if the cache does not have the configuration.
  // If the frequencies depend on seq_len and it differs from that of the kept plan, the plan is
  // made again from the parsed configuration; if that fails, this is MakeFrequencyPlan's status.
  std::optional<absl::StatusOr<ResolvedPlan>> Find(absl::string_view config_json,
                                                   const ResolveOptions& options);

  // Keeps `resolved`, which is what `config_json` resolves to under `options`.
  void Keep(absl::string_view config_json, const ResolveOptions& options,
            const ResolvedPlan& resolved);

  Counters counters() const;

 private:
  mutable Mutex mutex_;
  LruMap<std::shared_ptr<const ResolvedPlan>> kept_ ABSL_GUARDED_BY(mutex_);
  Counters counters_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rope::engine
