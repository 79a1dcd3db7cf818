#include "server/engine/schedule/work_queue.h"

#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace rope::engine {
namespace {

TEST(WorkQueueTest, RunsTasksInOrderOnItsOwnThread) {
  std::vector<int> order;
  std::thread::id ran_on;
  {
    WorkQueue queue(1);
    for (int i = 0; i < 100; ++i) queue.Push([&order, i] { order.push_back(i); });
    queue.Push([&ran_on] { ran_on = std::this_thread::get_id(); });
  }
  ASSERT_EQ(order.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order[i], i);
  EXPECT_NE(ran_on, std::this_thread::get_id());
}

TEST(WorkQueueTest, EveryThreadWorks) {
  constexpr int kThreads = 3;
  WorkQueue queue(kThreads);
  std::promise<void> all_there;
  std::atomic<int> there{0};
  std::shared_future<void> together = all_there.get_future().share();
  // Each task waits for the others, so fewer threads than tasks would never finish.
  for (int i = 0; i < kThreads; ++i) {
    queue.Push([&, together] {
      if (there.fetch_add(1) + 1 == kThreads) all_there.set_value();
      together.wait();
    });
  }
  together.wait();
  EXPECT_EQ(there.load(), kThreads);
}

TEST(WorkQueueTest, PushedTasksRunBeforeTheEndAndTasksMayPush) {
  std::atomic<int> ran{0};
  {
    WorkQueue queue(2);
    std::promise<void> pushed;
    queue.Push([&] {
      for (int i = 0; i < 50; ++i) queue.Push([&ran] { ran.fetch_add(1); });
      pushed.set_value();
    });
    pushed.get_future().wait();
  }
  EXPECT_EQ(ran.load(), 50);
}

TEST(WorkQueueTest, ATaskIsFreedBeforeTheThreadTakesTheNext) {
  WorkQueue queue(1);
  auto held = std::make_shared<int>(0);
  const std::weak_ptr<int> watch = held;
  std::promise<bool> freed;
  queue.Push([held = std::move(held)] {});
  queue.Push([&] { freed.set_value(watch.expired()); });
  EXPECT_TRUE(freed.get_future().get());
}

}  // namespace
}  // namespace rope::engine
