#include "client/stream/retry.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "absl/random/random.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace rope::client {
namespace {

// gRPC's own retries read the same trailer: github.com/grpc/proposal, A6-client-retries.md.
constexpr char kPushback[] = "grpc-retry-pushback-ms";

// After 30 doublings even a wait of 1 ms is longer than any sensible max_backoff. The bound keeps
// the result of ldexp finite.
constexpr int kMaxDoublings = 30;

bool MayBeTriedAgain(grpc::StatusCode code, bool begun) {
  switch (code) {
    case grpc::StatusCode::UNAVAILABLE:
      return true;
    // What proxies make of a connection that breaks in the middle of an answer.
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::CANCELLED:
      return begun;
    default:
      return false;
  }
}

// Absent: no limit.
std::optional<std::chrono::milliseconds> LimitOf(const CallOptions& options,
                                                 std::chrono::milliseconds more) {
  if (options.timeout.has_value()) return options.timeout;
  if (options.patience.count() == 0) return std::nullopt;
  return options.patience + more;
}

}  // namespace

std::optional<std::chrono::system_clock::time_point> DeadlineOf(const CallOptions& options,
                                                                std::chrono::milliseconds more) {
  const auto limit = LimitOf(options, more);
  if (!limit.has_value()) return std::nullopt;
  return std::chrono::system_clock::now() + *limit;
}

absl::Status NothingCame(absl::string_view what, std::chrono::milliseconds limit) {
  return absl::DeadlineExceededError(absl::StrCat("no ", what, " from the server within ",
                                                  absl::FormatDuration(absl::FromChrono(limit))));
}

absl::Status ExplainDeadline(const CallOptions& options, std::chrono::milliseconds more,
                             absl::Status status) {
  const auto limit = LimitOf(options, more);
  if (!absl::IsDeadlineExceeded(status) || !limit.has_value()) return status;
  return NothingCame("complete answer", *limit);
}

std::optional<std::chrono::milliseconds> RetryDelay(const RetryPolicy& policy, int attempts,
                                                    bool begun, const grpc::Status& status,
                                                    const grpc::ClientContext& context) {
  if (!MayBeTriedAgain(status.error_code(), begun) || attempts >= policy.max_attempts) {
    return std::nullopt;
  }
  const auto& trailers = context.GetServerTrailingMetadata();
  if (const auto pushback = trailers.find(kPushback); pushback != trailers.end()) {
    int64_t milliseconds = -1;
    const absl::string_view text(pushback->second.data(), pushback->second.size());
    if (!absl::SimpleAtoi(text, &milliseconds) || milliseconds < 0 ||
        milliseconds > policy.max_pushback.count()) {
      return std::nullopt;
    }
    return std::chrono::milliseconds(milliseconds);
  }
  thread_local absl::InsecureBitGen random;
  const double longest = std::min(static_cast<double>(policy.max_backoff.count()),
                                  std::ldexp(static_cast<double>(policy.first_backoff.count()),
                                             std::min(attempts - 1, kMaxDoublings)));
  return std::chrono::milliseconds(static_cast<int64_t>(longest * absl::Uniform(random, 0.5, 1.0)));
}

}  // namespace rope::client
