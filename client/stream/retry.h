// The deadline of a call, and whether and when it is tried again.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <optional>

#include "client/call_options.h"

namespace rope::client {

// When a call that starts now must end; absent: never. Thread-safe.
std::optional<std::chrono::system_clock::time_point> DeadlineOf(const CallOptions& options);

// How long to wait before the next try of a call that ended with `status`; absent: it must not be
// tried again. `attempts` is the number of calls in a row, this one included, that brought no new
// row. `context` is that of the ended call: its trailers may name the wait. Thread-safe.
std::optional<std::chrono::milliseconds> RetryDelay(const RetryPolicy& policy, int attempts,
                                                    const grpc::Status& status,
                                                    const grpc::ClientContext& context);

}  // namespace rope::client
