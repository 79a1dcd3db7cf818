// HeldStream: the stream of a call, which may be cancelled by another thread at any time.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "server/engine/table_stream.h"

namespace rope::server {

class HeldStream {
 public:
  // Instead of what was held before. CANCELLED, and nothing more is held, after Cancel.
  absl::Status Hold(std::shared_ptr<engine::TableStream> stream) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (cancelled_) return absl::CancelledError("the call was cancelled");
    stream_ = std::move(stream);
    return absl::OkStatus();
  }

  // Thread-safe. Cancels what is held.
  void Cancel() {
    std::shared_ptr<engine::TableStream> stream;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      cancelled_ = true;
      stream = stream_;
    }
    if (stream != nullptr) stream->Cancel();
  }

  // Only for the thread that works on the call, after Hold.
  engine::TableStream* operator->() const { return stream_.get(); }

 private:
  std::mutex mutex_;
  std::shared_ptr<engine::TableStream> stream_;
  bool cancelled_ = false;
};

}  // namespace rope::server
