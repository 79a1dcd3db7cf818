#include "server/engine/schedule/admission.h"

#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rope::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

TEST(GateTest, LetsInAsManyAsThereIsRoomFor) {
  Gate gate("streams", 2);
  auto first = gate.Admit();
  auto second = gate.Admit();
  ASSERT_TRUE(first.ok() && second.ok());
  const auto third = gate.Admit();
  EXPECT_EQ(third.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(third.status().message()), HasSubstr("2 streams"));
  EXPECT_EQ(gate.inside(), 2);
  *first = Admission();
  EXPECT_EQ(gate.inside(), 1);
  EXPECT_TRUE(gate.Admit().ok());
  EXPECT_EQ(gate.inside(), 1) << "an admission that nobody keeps gives its room back";
}

TEST(GateTest, MovingAnAdmissionKeepsItsRoom) {
  Gate gate("bytes", 100);
  Admission kept;
  {
    auto admission = gate.Admit(70);
    ASSERT_TRUE(admission.ok());
    kept = *std::move(admission);
  }
  EXPECT_EQ(gate.inside(), 70);
  const Admission other = std::move(kept);
  kept = Admission();
  EXPECT_EQ(gate.inside(), 70);
}

TEST(GateTest, MoreThanTheMaximumIsRefusedForGood) {
  Gate gate("bytes", 100);
  EXPECT_EQ(gate.Admit(101).status().code(), absl::StatusCode::kResourceExhausted);
  const auto all = gate.Admit(100);
  ASSERT_TRUE(all.ok());
  EXPECT_EQ(gate.Admit(1).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(gate.Admit(0).ok());
}

TEST(GateTest, AClosedGateLetsNobodyIn) {
  Gate gate("streams", 2);
  const auto before = gate.Admit();
  gate.Close();
  const auto after = gate.Admit();
  EXPECT_EQ(after.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(after.status().message()), HasSubstr("shutting down"));
  EXPECT_EQ(gate.inside(), 1);
}

TEST(GateTest, AwaitsTheLastOneToLeave) {
  Gate gate("streams", 2);
  EXPECT_TRUE(gate.AwaitEmpty(steady_clock::now()));
  auto admission = gate.Admit();
  EXPECT_FALSE(gate.AwaitEmpty(steady_clock::now() + milliseconds(1)));
  std::thread leaver([&] { *admission = Admission(); });
  EXPECT_TRUE(gate.AwaitEmpty(steady_clock::now() + std::chrono::seconds(30)));
  leaver.join();
}

TEST(GateTest, CountsRightlyFromManyThreads) {
  Gate gate("streams", 3);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&gate] {
      for (int k = 0; k < 2000; ++k) {
        const auto admission = gate.Admit();
        EXPECT_LE(gate.inside(), 3);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(gate.inside(), 0);
}

}  // namespace
}  // namespace rope::engine
