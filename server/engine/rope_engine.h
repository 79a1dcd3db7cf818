// RopeEngine: everything that the server does, without the wire. Owns the caches of tables and
// plans, the work queue and the gates.
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
  int threads = 1;                   // that compute, all together; less than 1 means 1
  const Backend* backend = nullptr;  // null: the best one of this host
};

// How the computing threads are divided: workers * threads_per_block <= threads.
struct ThreadPlan {
  int workers = 1;            // threads of the work queue
  int threads_per_block = 1;  // that compute one block together
};

// The division of `threads`. Many workers with one thread each serve many streams best. Hosts with
// 8 or more threads compute a block with two of them: a single stream then gets its first byte
// sooner.
ThreadPlan PlanThreads(int threads);

// Thread-safe. Validate, Resolve and ResolveOne work on the calling thread: call them within Run.
class RopeEngine {
 public:
  // Starts the threads. The engine must outlive its admissions and streams. The destructor waits
  // until every task in the queue has run.
  explicit RopeEngine(const EngineOptions& options);

  // Room for one stream, or for one unary call. UNAVAILABLE if the limits allow no more at the same
  // time, or after Drain.
  absl::StatusOr<Admission> AdmitStream() { return streams_.Admit(); }
  absl::StatusOr<Admission> AdmitCall() { return calls_.Admit(); }

  // Room for `bytes` of tables that are neither blocks nor cached. RESOURCE_EXHAUSTED or
  // UNAVAILABLE as Gate::Admit.
  absl::StatusOr<Admission> AdmitTableBytes(int64_t bytes) { return pinned_bytes_.Admit(bytes); }

  // Runs the work of an admitted call on a thread of the work queue.
  void Run(std::function<void()> work) { queue_.Push(std::move(work)); }

  // All findings of a configuration. If none of them is an error, Resolve accepts the configuration
  // and its tables can be computed, for every seq_len and profile. The engine's max_config_bytes
  // replaces the size limit in `options`.
  Validation Validate(absl::string_view config_json, ValidateOptions options = {}) const;
  // The same, and then the overrides. Fails as ApplyOverrides does.
  absl::StatusOr<Validation> ValidateWithOverrides(absl::string_view config_json,
                                                   const Overrides& overrides,
                                                   ValidateOptions options) const;

  // One plan for each layer type that has a rotary embedding, in the order of the model. If the
  // configuration is refused, `findings` gets all findings, and the status has the first error as
  // its message: INVALID_ARGUMENT, or RESOURCE_EXHAUSTED above max_config_bytes. Otherwise
  // `findings` is unchanged. INVALID_ARGUMENT also if the options name a layer type that the model
  // does not have or that has no rotary embedding; the message names the existing ones. The same
  // for overrides that do not fit: ApplyOverrides. A dialect has no findings: what it refuses is
  // INVALID_ARGUMENT, and so are overrides beside it.
  absl::StatusOr<std::vector<ResolvedPlan>> Resolve(absl::string_view config_json,
                                                    const ResolveOptions& options,
                                                    std::vector<Finding>* findings) const;

  // Like Resolve, for a single layer type. INVALID_ARGUMENT if the model has several and the
  // options name none. Keeps the plan, so that the next request for the same configuration is
  // cheap.
  absl::StatusOr<ResolvedPlan> ResolveOne(absl::string_view config_json,
                                          const ResolveOptions& options,
                                          std::vector<Finding>* findings);

  // The rows of `plan` at `positions`, starting with row `first_row` in [0, positions.size()).
  // RESOURCE_EXHAUSTED if the answer would exceed the limits, and INVALID_ARGUMENT as CheckAxes
  // says. UNAVAILABLE if there is no room now
  // for the list of positions or for the blocks of another stream. Allocates and computes no rows.
  absl::StatusOr<std::shared_ptr<TableStream>> OpenTable(FrequencyPlan plan, PositionIds positions,
                                                         TableForm form, int64_t first_row = 0);
  // The same for rows of several plans; see TableRequest::runs.
  absl::StatusOr<std::shared_ptr<TableStream>> OpenTable(std::vector<PlanRun> runs,
                                                         PositionIds positions, TableForm form,
                                                         int64_t first_row = 0);

  // From now on nothing is admitted. Streams and calls that were admitted continue.
  void Drain();
  // After Drain: waits until no stream and no call is left. Returns false if that takes longer than
  // `patience`.
  bool AwaitIdle(std::chrono::milliseconds patience);

  const Limits& limits() const { return options_.limits; }
  const Backend& backend() const { return *options_.backend; }

  // Current figures, for operators and tests.
  int64_t streams() const { return streams_.inside(); }
  int64_t calls() const { return calls_.inside(); }
  int64_t list_bytes() const { return list_bytes_.inside(); }
  // Bytes of blocks that the streams may hold, cached or not.
  int64_t pinned_bytes() const { return pinned_bytes_.inside(); }
  // Bytes of all blocks: in the cache, being computed, being sent.
  int64_t block_bytes() const { return settings_.pool->live_bytes(); }
  std::vector<TableCache::Kept> cache_contents() const { return cache_.Contents(); }
  TableCache::Counters cache_counters() const { return cache_.counters(); }
  PlanCache::Counters plan_counters() const { return plans_.counters(); }

 private:
  // The report of the configuration if it is accepted and has the layer type of `options`.
  absl::StatusOr<ModelConfigReport> CheckAccepted(absl::string_view config_json,
                                                  const ResolveOptions& options,
                                                  std::vector<Finding>* findings) const;
  // ResolveOne for a dialect that is not transformers'. INVALID_ARGUMENT also if the dialect has no
  // table for the model.
  absl::StatusOr<ResolvedPlan> ResolveOneByDialect(absl::string_view config_json,
                                                   const ResolveOptions& options);

  const EngineOptions options_;
  const ThreadPlan threads_;
  const ComputeSettings settings_;
  Gate streams_;
  Gate calls_;
  Gate list_bytes_;
  Gate pinned_bytes_;
  PlanCache plans_;
  // The queue is destroyed first: its destructor runs the remaining tasks, which use the cache.
  TableCache cache_;
  WorkQueue queue_;
};

}  // namespace rope::engine
