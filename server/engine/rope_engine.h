// RopeEngine: what the server does, without the wire. Owns the cache, the work queue and the gates.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/table/position_ids.h"
#include "core/table/table_rows.h"
#include "core/validation/validate_config.h"
#include "server/engine/cache/table_cache.h"
#include "server/engine/limits.h"
#include "server/engine/plan_cache.h"
#include "server/engine/resolved_plan.h"
#include "server/engine/schedule/admission.h"
#include "server/engine/schedule/work_queue.h"
#include "server/engine/table_stream.h"

namespace rope::engine {

struct EngineOptions {
  Limits limits;
  int threads = 1;                   // threads that compute, in all; >= 1
  const Backend* backend = nullptr;  // null: the best one of this host
};

// How the threads there are, are shared out: workers * threads_per_block <= threads.
struct ThreadPlan {
  int workers = 1;
  int threads_per_block = 1;  // the team of one computation
};

// Many workers with one thread each serve many streams; on large hosts two threads a block shorten
// a lone stream's first byte.
ThreadPlan PlanThreads(int threads);

// Thread-safe. Validate and the Resolve functions work on the calling thread: call them from Run.
class RopeEngine {
 public:
  explicit RopeEngine(const EngineOptions& options);

  // UNAVAILABLE where as many as the limits allow are being served already, or after Drain.
  absl::StatusOr<Admission> AdmitStream() { return streams_.Admit(); }
  absl::StatusOr<Admission> AdmitCall() { return calls_.Admit(); }

  // Runs an admitted call's work on the work queue.
  void Run(std::function<void()> work) { queue_.Push(std::move(work)); }

  // All findings. A configuration without error findings computes, for every seq_len and profile;
  // one with error findings is refused by Resolve.
  // The limits of the options are this engine's own.
  Validation Validate(absl::string_view config_json, ValidateOptions options = {}) const;

  // One entry per layer type that has a rotary embedding, in the model's order. Where the
  // configuration is refused: INVALID_ARGUMENT with the first error as its message (beyond
  // max_config_bytes RESOURCE_EXHAUSTED), and all `findings`. INVALID_ARGUMENT, naming what there
  // is, for a layer_type that the model does not have or that has no rotary embedding.
  absl::StatusOr<std::vector<ResolvedPlan>> Resolve(absl::string_view config_json,
                                                    const ResolveOptions& options,
                                                    std::vector<Finding>* findings) const;

  // The same for a single layer type: INVALID_ARGUMENT, naming them, where the model has several
  // and none is asked for. What was resolved is kept, so that the next request for it is cheap.
  absl::StatusOr<ResolvedPlan> ResolveOne(absl::string_view config_json,
                                          const ResolveOptions& options,
                                          std::vector<Finding>* findings);

  // Rows of `plan` at `positions`, from row `first_row` (in [0, positions.size())).
  // RESOURCE_EXHAUSTED where the answer would be larger than the limits; UNAVAILABLE where there is
  // no room for a list, or for more blocks outside the cache, now. Allocates no rows.
  absl::StatusOr<std::shared_ptr<TableStream>> OpenTable(FrequencyPlan plan, PositionIds positions,
                                                         TableForm form, int64_t first_row = 0);

  // From now on nothing is admitted. What is being served goes on.
  void Drain();
  // After Drain: waits until nothing is served; false where that takes longer than `patience`.
  bool AwaitIdle(std::chrono::milliseconds patience);

  const Limits& limits() const { return options_.limits; }
  const Backend& backend() const { return *options_.backend; }

  // What is going on, for operators and tests.
  int64_t streams() const { return streams_.inside(); }
  int64_t calls() const { return calls_.inside(); }
  int64_t list_bytes() const { return list_bytes_.inside(); }
  // Bytes of blocks that streams may hold, be they cached or not.
  int64_t pinned_bytes() const { return pinned_bytes_.inside(); }
  // Bytes of all blocks: cached, being computed, being sent.
  int64_t block_bytes() const { return maker_.pool->live_bytes(); }
  std::vector<TableCache::Kept> cache_contents() const { return cache_.Contents(); }
  TableCache::Counters cache_counters() const { return cache_.counters(); }
  PlanCache::Counters plan_counters() const { return plans_.counters(); }

 private:
  // The report of a configuration that is accepted for what is asked.
  absl::StatusOr<ModelConfigReport> CheckAccepted(absl::string_view config_json,
                                                  const ResolveOptions& options,
                                                  std::vector<Finding>* findings) const;

  const EngineOptions options_;
  const ThreadPlan threads_;
  const BlockMaker maker_;
  Gate streams_;
  Gate calls_;
  Gate list_bytes_;
  Gate pinned_bytes_;
  PlanCache plans_;
  // Destroyed in reverse: the queue first finishes its tasks, which use the cache.
  TableCache cache_;
  WorkQueue queue_;
};

}  // namespace rope::engine
