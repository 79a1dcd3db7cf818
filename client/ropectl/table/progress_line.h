// ProgressLine: how far a table is, for a person who waits for it.
#pragma once

#include <chrono>
#include <cstdint>

namespace rope::ropectl {

// A line on standard error that is redrawn while bytes arrive: rows, speed and the time that is
// left. Draws nothing in the first second, and nothing unless standard error is a terminal. The
// destructor removes the line. Not thread-safe.
class ProgressLine {
 public:
  // A table of `bytes` bytes and `rows` rows.
  ProgressLine(int64_t bytes, int64_t rows);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // `bytes` more have arrived.
  void Add(int64_t bytes);

 private:
  using Clock = std::chrono::steady_clock;

  const int64_t bytes_;
  const int64_t rows_;
  const bool shown_;
  const Clock::time_point start_ = Clock::now();
  Clock::time_point last_ = start_;
  bool drawn_ = false;
  int64_t done_ = 0;  // bytes
};

}  // namespace rope::ropectl
