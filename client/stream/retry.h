// The deadline of a call, and whether and when it is tried again.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "client/call_options.h"

namespace rope::client {

// When a call that starts now must end; absent: never. Without a timeout, that is after
// `options.patience` and `more`. Thread-safe.
std::optional<std::chrono::system_clock::time_point> DeadlineOf(
    const CallOptions& options, std::chrono::milliseconds more = std::chrono::milliseconds(0));

// DEADLINE_EXCEEDED: nothing came within `limit`. `what` was waited for, for example "answer".
absl::Status NothingCame(absl::string_view what, std::chrono::milliseconds limit);

// `status` of a call that DeadlineOf limited. If the deadline struck, the message says how long it
// was; other statuses are returned unchanged.
absl::Status ExplainDeadline(const CallOptions& options, std::chrono::milliseconds more,
                             absl::Status status);

// How long to wait before the next try of a call that ended with `status`; absent: it must not be
// tried again. `attempts` is the number of calls in a row, this one included, that brought no new
// row. `begun`: a message had come. `context` is that of the ended call: its trailers may name the
// wait. Thread-safe.
std::optional<std::chrono::milliseconds> RetryDelay(const RetryPolicy& policy, int attempts,
                                                    bool begun, const grpc::Status& status,
                                                    const grpc::ClientContext& context);

}  // namespace rope::client
