// PlanCache: what configurations were resolved to lately, found by their bytes, so that a request
// for a known one parses and judges no JSON.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/engine/cache/lru_map.h"
#include "server/engine/resolved_plan.h"

namespace rope::engine {

// Thread-safe. Only configurations that were accepted are kept: a refusal is made anew each time.
class PlanCache {
 public:
  struct Counters {
    int64_t hits = 0;
    int64_t misses = 0;
    int64_t entries = 0;  // now
    int64_t bytes = 0;    // now
  };

  // `capacity_bytes` 0: nothing is kept.
  explicit PlanCache(int64_t capacity_bytes) : kept_(capacity_bytes) {}

  // What `config_json` resolves to under `options`; absent where that is not known. Where the
  // frequencies depend on the sequence length they are made anew from the parsed configuration;
  // the status is that of MakeFrequencyPlan.
  std::optional<absl::StatusOr<ResolvedPlan>> Find(absl::string_view config_json,
                                                   const ResolveOptions& options);

  void Keep(absl::string_view config_json, const ResolveOptions& options,
            const ResolvedPlan& resolved);

  Counters counters() const;

 private:
  mutable std::mutex mutex_;
  LruMap<std::shared_ptr<const ResolvedPlan>> kept_;
  Counters counters_;
};

}  // namespace rope::engine
