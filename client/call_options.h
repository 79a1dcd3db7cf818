// CallOptions: what holds for one call, beside its request.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdint>
#include <optional>

namespace rope::client {

// What is done where the server answers UNAVAILABLE: it is full, draining or gone.
struct RetryPolicy {
  // Tries in a row that bring nothing new, the first included. 1: never again. A stream that broke
  // after some rows goes on behind them.
  int max_attempts = 4;
  // Before the second try; doubled before each one after that, and drawn from [half, all] of it. A
  // server that says how long to wait (grpc-retry-pushback-ms) is obeyed.
  std::chrono::milliseconds first_backoff{100};
  std::chrono::milliseconds longest_backoff{5000};
};

struct CallOptions {
  // Time for the whole call, retries included; absent: no limit.
  std::optional<std::chrono::milliseconds> timeout;
  // An announced answer beyond this is refused before anything is allocated for it.
  int64_t max_answer_bytes = int64_t{16} << 30;
  // Checksums of chunks. Where they are left out, the server makes none for this call.
  bool verify = true;
  RetryPolicy retry;
};

// When a call that begins now must end; absent: never. Thread-safe.
std::optional<std::chrono::system_clock::time_point> DeadlineOf(const CallOptions& options);

// How long to wait before another try after `status`; absent: there is none. `attempts`: those made
// in a row without anything new. Thread-safe.
std::optional<std::chrono::milliseconds> RetryDelay(const RetryPolicy& policy, int attempts,
                                                    const grpc::Status& status,
                                                    const grpc::ClientContext& context);

}  // namespace rope::client
