// GatedBackend: computes with another backend and counts the computations. A test can make them
// wait or fail.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "absl/status/status.h"
#include "core/backends/backends.h"

namespace rope::testing {

// Computes with the best backend of this host. Thread-safe.
class GatedBackend final : public Backend {
 public:
  absl::string_view name() const override { return "gated"; }
  absl::string_view description() const override { return "for tests"; }
  bool available() const override { return true; }

  absl::Status FillRows(const FrequencyPlan& plan, const PositionIds& positions, int64_t first,
                        int64_t rows, const TableForm& form, int threads,
                        const TableRows& out) const override {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      ++begun_;
      rows_ += rows;
      changed_.notify_all();
      changed_.wait(lock, [this] { return open_; });
      if (!failure_.ok()) return failure_;
    }
    return BestBackend().FillRows(plan, positions, first, rows, form, threads, out);
  }

  // While it is closed, computations start and do not finish.
  void Close() { SetOpen(false); }
  void Open() { SetOpen(true); }
  // Later computations fail with this status.
  void FailWith(absl::Status failure) {
    const std::lock_guard<std::mutex> lock(mutex_);
    failure_ = std::move(failure);
  }

  // Computations that have started, and their rows.
  int64_t begun() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return begun_;
  }
  int64_t rows() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return rows_;
  }
  // Waits until `count` computations have begun.
  void AwaitBegun(int64_t count) const {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return begun_ >= count; });
  }

 private:
  void SetOpen(bool open) {
    const std::lock_guard<std::mutex> lock(mutex_);
    open_ = open;
    changed_.notify_all();
  }

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable int64_t begun_ = 0;
  mutable int64_t rows_ = 0;
  bool open_ = true;
  absl::Status failure_;
};

}  // namespace rope::testing
