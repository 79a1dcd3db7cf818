// The waits that the client chooses. ../resume_test.cc tests those that a server asks for.
#include "client/stream/retry.h"

#include <chrono>

#include "gtest/gtest.h"

namespace rope::client {
namespace {

using std::chrono::milliseconds;

const grpc::Status kUnavailable(grpc::UNAVAILABLE, "full");

TEST(RetryTest, OnlyUnavailableIsTriedAgainAndNotForEver) {
  const grpc::ClientContext context;
  RetryPolicy policy;
  policy.max_attempts = 3;
  EXPECT_TRUE(RetryDelay(policy, 1, false, kUnavailable, context).has_value());
  EXPECT_TRUE(RetryDelay(policy, 2, false, kUnavailable, context).has_value());
  EXPECT_FALSE(RetryDelay(policy, 3, false, kUnavailable, context).has_value());
  for (grpc::StatusCode code : {grpc::INVALID_ARGUMENT, grpc::DEADLINE_EXCEEDED, grpc::INTERNAL}) {
    EXPECT_FALSE(RetryDelay(policy, 1, false, grpc::Status(code, ""), context).has_value());
  }
}

TEST(RetryTest, WaitsDoubleUpToTheirMaximum) {
  const grpc::ClientContext context;
  RetryPolicy policy;
  policy.max_attempts = 1000;
  policy.first_backoff = milliseconds(100);
  policy.max_backoff = milliseconds(1000);
  const struct {
    int attempts;
    int longest;
  } cases[] = {{1, 100}, {2, 200}, {4, 800}, {5, 1000}, {500, 1000}};
  for (const auto& one : cases) {
    for (int i = 0; i < 100; ++i) {
      const auto delay = RetryDelay(policy, one.attempts, false, kUnavailable, context);
      ASSERT_TRUE(delay.has_value());
      EXPECT_GE(*delay, milliseconds(one.longest / 2));
      EXPECT_LE(*delay, milliseconds(one.longest));
    }
  }
}

TEST(RetryTest, ADeadlineIsNowPlusTheTimeout) {
  CallOptions options;
  options.patience = milliseconds(0);
  EXPECT_FALSE(DeadlineOf(options).has_value());
  options.timeout = std::chrono::hours(1);
  const auto before = std::chrono::system_clock::now();
  const auto deadline = DeadlineOf(options);
  ASSERT_TRUE(deadline.has_value());
  EXPECT_GE(*deadline, before + std::chrono::hours(1));
  EXPECT_LE(*deadline, std::chrono::system_clock::now() + std::chrono::hours(1));
}

}  // namespace
}  // namespace rope::client
