// Admission: the bound on what is served at the same time.
//
// Whatever an admitted call does later finds room: it never has more than a few tasks in the work
// queue, so bounding the calls bounds the queue. Nothing is refused half way.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace rope::engine {

class Gate;

// Room behind a gate; given back when destroyed.
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

// Thread-safe. Outlives its admissions.
class Gate {
 public:
  // Lets `most` (>= 0) in at the same time; `what` they are, for messages: "streams".
  Gate(std::string what, int64_t most) : what_(std::move(what)), most_(most) {}

  // Room for `amount` (>= 0). RESOURCE_EXHAUSTED where that is more than `most`; UNAVAILABLE where
  // there is no room now, or after Close. Never waits.
  absl::StatusOr<Admission> Admit(int64_t amount = 1);

  // From now on nothing is let in.
  void Close();

  // Waits until nothing is inside; false where that takes beyond `deadline`.
  bool AwaitEmpty(std::chrono::steady_clock::time_point deadline);

  int64_t inside() const;

 private:
  friend class Admission;
  void Leave(int64_t amount);

  const std::string what_;
  const int64_t most_;
  mutable std::mutex mutex_;
  std::condition_variable empty_;
  int64_t inside_ = 0;
  bool closed_ = false;
};

}  // namespace rope::engine
