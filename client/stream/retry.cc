#include "client/stream/retry.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "absl/random/random.h"
#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"

namespace rope::client {
namespace {

// gRPC's own retries read the same trailer: github.com/grpc/proposal, A6-client-retries.md.
constexpr char kPushback[] = "grpc-retry-pushback-ms";

// After 30 doublings even a wait of 1 ms is longer than any sensible max_backoff. The bound keeps
// the result of ldexp finite.
constexpr int kMaxDoublings = 30;

}  // namespace

std::optional<std::chrono::system_clock::time_point> DeadlineOf(const CallOptions& options) {
  if (!options.timeout.has_value()) return std::nullopt;
  return std::chrono::system_clock::now() + *options.timeout;
}

std::optional<std::chrono::milliseconds> RetryDelay(const RetryPolicy& policy, int attempts,
                                                    const grpc::Status& status,
                                                    const grpc::ClientContext& context) {
  if (status.error_code() != grpc::StatusCode::UNAVAILABLE || attempts >= policy.max_attempts) {
    return std::nullopt;
  }
  const auto& trailers = context.GetServerTrailingMetadata();
  if (const auto pushback = trailers.find(kPushback); pushback != trailers.end()) {
    int64_t milliseconds = -1;
    const absl::string_view text(pushback->second.data(), pushback->second.size());
    if (!absl::SimpleAtoi(text, &milliseconds) || milliseconds < 0) return std::nullopt;
    return std::chrono::milliseconds(milliseconds);
  }
  thread_local absl::InsecureBitGen random;
  const double longest = std::min(static_cast<double>(policy.max_backoff.count()),
                                  std::ldexp(static_cast<double>(policy.first_backoff.count()),
                                             std::min(attempts - 1, kMaxDoublings)));
  return std::chrono::milliseconds(static_cast<int64_t>(longest * absl::Uniform(random, 0.5, 1.0)));
}

}  // namespace rope::client
