// HeldStream: the part of a call that OnCancel can reach from another thread at any time.
#pragma once

#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "server/engine/schedule/mutex.h"
#include "server/engine/table_stream.h"

namespace rope::server {

// Thread-safe.
class HeldStream {
 public:
  // Holds `stream` in place of an earlier one, so that Cancel cancels it. Returns CANCELLED if
  // Cancel came before: the call must then end without reading the stream.
  absl::Status Hold(std::shared_ptr<engine::TableStream> stream) {
    const engine::MutexLock lock(mutex_);
    if (cancelled_) return absl::CancelledError("the call was cancelled");
    stream_ = std::move(stream);
    return absl::OkStatus();
  }

  // Cancels the stream, which may call its consumer back on this thread.
  void Cancel() {
    std::shared_ptr<engine::TableStream> stream;
    {
      const engine::MutexLock lock(mutex_);
      cancelled_ = true;
      stream = stream_;
    }
    if (stream != nullptr) stream->Cancel();
  }

 private:
  engine::Mutex mutex_;
  std::shared_ptr<engine::TableStream> stream_ ABSL_GUARDED_BY(mutex_);
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace rope::server
