#include "client/ropectl/table/progress_line.h"

#include <unistd.h>

#include <cstdio>

#include "absl/strings/str_format.h"

namespace rope::ropectl {
namespace {

constexpr std::chrono::milliseconds kQuiet{1000};
constexpr std::chrono::milliseconds kInterval{200};

}  // namespace

ProgressLine::ProgressLine(int64_t bytes, int64_t rows)
    : bytes_(bytes), rows_(rows), shown_(isatty(STDERR_FILENO) != 0) {}

ProgressLine::~ProgressLine() {
  if (drawn_) absl::FPrintF(stderr, "\r\033[K");
}

void ProgressLine::Add(int64_t bytes) {
  done_ += bytes;
  const auto now = Clock::now();
  if (!shown_ || now - start_ < kQuiet || now - last_ < kInterval) return;
  last_ = now;
  drawn_ = true;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const double part = static_cast<double>(done_) / static_cast<double>(bytes_);
  absl::FPrintF(stderr, "\r%d of %d rows, %.2f GB/s, %.0f s left\033[K",
                static_cast<int64_t>(part * static_cast<double>(rows_)), rows_,
                static_cast<double>(done_) / seconds / 1e9, seconds / part - seconds);
}

}  // namespace rope::ropectl
