// Admission: a bound on what is served at the same time.
//
// The server decides once, before it works on a call, whether it has room for the call. An admitted
// call never has more than a few tasks in the work queue, so the bound on calls is also a bound on
// the queue, and no call is refused halfway.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "server/engine/schedule/mutex.h"

namespace rope::engine {

class Gate;

// Room that a gate has given to one owner. The destructor gives it back. A default-constructed or
// moved-from admission holds no room. Not thread-safe; must not outlive its gate.
class Admission {
 public:
  Admission() = default;
  Admission(Admission&& other) noexcept
      : gate_(std::exchange(other.gate_, nullptr)), amount_(other.amount_) {}
  Admission& operator=(Admission&& other) noexcept {
    std::swap(gate_, other.gate_);
    std::swap(amount_, other.amount_);
    return *this;
  }
  ~Admission();

 private:
  friend class Gate;
  Admission(Gate* gate, int64_t amount) : gate_(gate), amount_(amount) {}

  Gate* gate_ = nullptr;
  int64_t amount_ = 0;
};

// Counts what is inside and refuses what would exceed the maximum. Thread-safe. Must outlive its
// admissions.
class Gate {
 public:
  // At most `max` (>= 0) units are inside at the same time. `what` names the units in messages:
  // "streams".
  Gate(std::string what, int64_t max) : what_(std::move(what)), max_(max) {}

  // Room for `amount` (>= 0) units. RESOURCE_EXHAUSTED if `amount` exceeds the maximum, because
  // waiting cannot help. UNAVAILABLE if there is not enough room now, or after Close. Never waits.
  absl::StatusOr<Admission> Admit(int64_t amount = 1);

  // From now on Admit answers UNAVAILABLE. What is inside stays inside.
  void Close();

  // Waits until nothing is inside. Returns false if something is still inside at `deadline`.
  bool AwaitEmpty(std::chrono::steady_clock::time_point deadline);

  int64_t inside() const;

 private:
  friend class Admission;
  void Leave(int64_t amount);

  const std::string what_;
  const int64_t max_;
  mutable Mutex mutex_;
  std::condition_variable empty_;
  int64_t inside_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace rope::engine
