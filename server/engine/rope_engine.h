// RopeEngine: what the server does, without the wire. Owns the cache, the work queue and the
// admissions.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "core/config/model_config.h"
#include "core/table/frequency_plan.h"
#include "core/table/position_ids.h"
#include "core/table/table_rows.h"
#include "server/engine/limits.h"
#include "server/engine/table_cache.h"
#include "server/engine/table_stream.h"
#include "server/engine/work_queue.h"

namespace rope {

struct EngineOptions {
  Limits limits;
  int threads = 1;                   // threads that compute, in all; >= 1
  const Backend* backend = nullptr;  // null: the best one of this host
};

// A configuration for one layer type, resolved.
struct Resolved {
  std::string layer_type;  // "" where the model has one set of parameters
  RopeConfig config;
  std::optional<int64_t> seq_len;
  FrequencyPlan plan;
};

// What a caller asks for beside the configuration.
struct ResolveOptions {
  std::string layer_type;  // "": every one
  std::optional<int64_t> seq_len;
  NumericProfile profile = NumericProfile::kHf;
  HfPath path = HfPath::kInitFunction;
};

// A place among the calls being served; given back when destroyed.
class Admission {
 public:
  Admission() = default;
  explicit Admission(std::atomic<int64_t>* served) : served_(served) {}
  Admission(Admission&& other) noexcept : served_(std::exchange(other.served_, nullptr)) {}
  Admission& operator=(Admission&& other) noexcept {
    std::swap(served_, other.served_);
    return *this;
  }
  ~Admission() {
    if (served_ != nullptr) served_->fetch_sub(1);
  }

 private:
  std::atomic<int64_t>* served_ = nullptr;
};

// Thread-safe. Resolve and Validate compute on the calling thread: call them from Run.
class RopeEngine {
 public:
  explicit RopeEngine(const EngineOptions& options);

  // UNAVAILABLE where as many as the limits allow are being served already, or after Drain.
  absl::StatusOr<Admission> AdmitStream();
  absl::StatusOr<Admission> AdmitCall();

  // Runs an admitted call's work on the work queue.
  void Run(std::function<void()> work) { queue_.Push(std::move(work)); }

  // All findings, those of computing included: a configuration without error findings computes.
  ModelConfigReport Validate(absl::string_view config_json) const;

  // One entry per layer type that has a rotary embedding. Where the configuration is refused:
  // INVALID_ARGUMENT with the first error as its message, and all `findings`.
  absl::StatusOr<std::vector<Resolved>> Resolve(absl::string_view config_json,
                                                const ResolveOptions& options,
                                                std::vector<Finding>* findings) const;

  // The same for a single layer type: INVALID_ARGUMENT, naming them, where there are several and
  // none was asked for.
  absl::StatusOr<Resolved> ResolveOne(absl::string_view config_json, const ResolveOptions& options,
                                      std::vector<Finding>* findings) const;

  // RESOURCE_EXHAUSTED where the answer would be larger than the limits.
  absl::StatusOr<std::shared_ptr<TableStream>> Open(FrequencyPlan plan, PositionIds positions,
                                                    TableForm form);

  // From now on nothing is admitted.
  void Drain() { draining_.store(true); }
  int64_t served() const { return streams_.load() + calls_.load(); }
  int64_t streams() const { return streams_.load(); }

  const Limits& limits() const { return options_.limits; }
  const Backend& backend() const { return *options_.backend; }
  TableCache::Counters cache_counters() const { return cache_.counters(); }

 private:
  absl::StatusOr<Admission> Admit(std::atomic<int64_t>* served, int64_t most,
                                  absl::string_view what);

  EngineOptions options_;
  int threads_per_block_ = 1;
  std::atomic<bool> draining_{false};
  std::atomic<int64_t> streams_{0};
  std::atomic<int64_t> calls_{0};
  // Destroyed in reverse: the queue first finishes its tasks, which use the cache.
  TableCache cache_;
  WorkQueue queue_;
};

}  // namespace rope
