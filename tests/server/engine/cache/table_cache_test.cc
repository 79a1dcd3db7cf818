#include "server/engine/cache/table_cache.h"

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/testing/gated_backend.h"
#include "tests/testing/model_configs.h"
#include "tests/testing/reference_table.h"
#include "tests/testing/wait_until.h"

namespace rope::engine {
namespace {

using rope::testing::GatedBackend;
using rope::testing::kSmallHead;
using rope::testing::MakeForwardPlan;
using rope::testing::WaitUntil;

constexpr int64_t kRows = 16;  // of every block here

BlockKey KeyOf(const std::string& plan, int bucket = 0, int64_t index = 0) {
  return {{plan, TableForm(), bucket}, index};
}

class TableCacheTest : public ::testing::Test {
 protected:
  // A cache with room for `blocks` blocks of kRows rows.
  void MakeCache(int64_t blocks, int threads = 2) {
    queue_ = std::make_unique<WorkQueue>(threads);
    cache_ = std::make_unique<TableCache>(blocks * kBlockCharge, queue_.get());
  }

  BlockResult ComputeNow() {
    return TableBlock::Compute(settings_, plan_, *PositionIds::Range(0, kRows), 0, kRows,
                               TableForm());
  }

  // Requests the block and waits for it.
  BlockResult Get(const BlockKey& key) {
    std::promise<BlockResult> answer;
    cache_->Get(
        key, [this] { return ComputeNow(); }, wanted_,
        [&answer](const BlockResult& result) { answer.set_value(result); });
    return answer.get_future().get();
  }

  // Requests the block without waiting; counts the answers.
  void Ask(const BlockKey& key, const std::weak_ptr<void>& wanted) {
    cache_->Get(
        key, [this] { return ComputeNow(); }, wanted,
        [this](const BlockResult& result) { answers_.fetch_add(result.ok() ? 1 : 1000); });
  }

  TableCache::Counters counters() const { return cache_->counters(); }

  // The charge of such a block with its bookkeeping; measured, see
  // ABlockIsChargedWithItsBytesAndALittle
  static constexpr int64_t kBlockCharge = 2048 + 1024;

  const FrequencyPlan plan_ = MakeForwardPlan(kSmallHead, 100);
  const std::shared_ptr<void> wanted_ = std::make_shared<int>(0);
  std::atomic<int> answers_{0};
  GatedBackend backend_;
  const ComputeSettings settings_{&backend_};
  std::unique_ptr<TableCache> cache_;
  std::unique_ptr<WorkQueue> queue_;  // destroyed before the cache
};

TEST_F(TableCacheTest, ABlockIsChargedWithItsBytesAndALittle) {
  MakeCache(100);
  const BlockResult block = Get(KeyOf("a"));
  ASSERT_TRUE(block.ok());
  EXPECT_EQ((*block)->tensor_bytes(), kRows * 16 * 4);
  EXPECT_GE(counters().bytes, (*block)->charge());
  EXPECT_LE(counters().bytes, kBlockCharge);
  EXPECT_GT(2 * counters().bytes, kBlockCharge) << "tests below count in units of kBlockCharge";
}

TEST_F(TableCacheTest, ACachedBlockIsNotComputedAgain) {
  MakeCache(10);
  EXPECT_FALSE(cache_->Contains(KeyOf("a")));
  const BlockResult first = Get(KeyOf("a"));
  EXPECT_TRUE(cache_->Contains(KeyOf("a")));
  const BlockResult second = Get(KeyOf("a"));
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(*first, *second) << "the same object";
  EXPECT_EQ(backend_.begun(), 1);
  EXPECT_EQ(counters().hits, 1);
  EXPECT_EQ(counters().misses, 1);
}

TEST_F(TableCacheTest, AHitIsDeliveredOnTheCallersThreadAndAMissOnAnother) {
  MakeCache(10);
  std::thread::id delivered_on;
  const auto ask = [&] {
    std::promise<void> done;
    cache_->Get(
        KeyOf("a"), [this] { return ComputeNow(); }, wanted_,
        [&](const BlockResult&) {
          delivered_on = std::this_thread::get_id();
          done.set_value();
        });
    done.get_future().wait();
  };
  ask();
  EXPECT_NE(delivered_on, std::this_thread::get_id());
  ask();
  EXPECT_EQ(delivered_on, std::this_thread::get_id());
}

TEST_F(TableCacheTest, EveryPartOfTheKeyCounts) {
  MakeCache(100);
  const std::vector<BlockKey> keys = {
      KeyOf("a"),
      KeyOf("b"),
      KeyOf("a", 1),
      KeyOf("a", 0, 1),
      {{"a", {DType::kFloat16, Layout::kHalfSplit}, 0}, 0},
      {{"a", {DType::kFloat32, Layout::kCompact}, 0}, 0},
  };
  for (const BlockKey& key : keys) ASSERT_TRUE(Get(key).ok());
  EXPECT_EQ(backend_.begun(), 6);
  EXPECT_EQ(counters().entries, 5) << "two blocks share a bucket";
}

TEST_F(TableCacheTest, TheLeastRecentlyUsedEntryGoesFirst) {
  MakeCache(3);
  for (const char* plan : {"a", "b", "c"}) ASSERT_TRUE(Get(KeyOf(plan)).ok());
  EXPECT_EQ(counters().entries, 3);
  ASSERT_TRUE(Get(KeyOf("a")).ok());  // used again
  ASSERT_TRUE(Get(KeyOf("d")).ok());
  EXPECT_TRUE(cache_->Contains(KeyOf("a")));
  EXPECT_FALSE(cache_->Contains(KeyOf("b")));
  EXPECT_TRUE(cache_->Contains(KeyOf("c")));
  EXPECT_TRUE(cache_->Contains(KeyOf("d")));
  EXPECT_EQ(counters().evicted, 1);
}

TEST_F(TableCacheTest, ContainsDoesNotCountAsUse) {
  MakeCache(2);
  ASSERT_TRUE(Get(KeyOf("a")).ok());
  ASSERT_TRUE(Get(KeyOf("b")).ok());
  EXPECT_TRUE(cache_->Contains(KeyOf("a")));
  ASSERT_TRUE(Get(KeyOf("c")).ok());
  EXPECT_FALSE(cache_->Contains(KeyOf("a")));
}

TEST_F(TableCacheTest, EntriesAreDroppedWithAllTheirBlocks) {
  MakeCache(4);
  for (int index = 0; index < 3; ++index) ASSERT_TRUE(Get(KeyOf("a", 0, index)).ok());
  ASSERT_TRUE(Get(KeyOf("b")).ok());
  ASSERT_TRUE(Get(KeyOf("c")).ok());
  for (int index = 0; index < 3; ++index) EXPECT_FALSE(cache_->Contains(KeyOf("a", 0, index)));
  EXPECT_EQ(counters().evicted, 1);
}

// Reuse: entries that nobody requests again cannot push out entries in use.
TEST_F(TableCacheTest, RequestsThatNobodyRepeatsDoNotDropWhatIsInUse) {
  MakeCache(10);
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 6; ++i) ASSERT_TRUE(Get(KeyOf(absl::StrCat("used", i))).ok());
  }
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(Get(KeyOf(absl::StrCat("once", i))).ok());
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(cache_->Contains(KeyOf(absl::StrCat("used", i))));
}

TEST_F(TableCacheTest, AnEntryRequestedSoonAfterItWasDroppedIsProtected) {
  MakeCache(4);
  ASSERT_TRUE(Get(KeyOf("a")).ok());
  for (int i = 0; i < 8; ++i) ASSERT_TRUE(Get(KeyOf(absl::StrCat("once", i))).ok());
  ASSERT_FALSE(cache_->Contains(KeyOf("a")));
  ASSERT_TRUE(Get(KeyOf("a")).ok());
  for (int i = 8; i < 50; ++i) ASSERT_TRUE(Get(KeyOf(absl::StrCat("once", i))).ok());
  EXPECT_TRUE(cache_->Contains(KeyOf("a")));
}

TEST_F(TableCacheTest, ProtectedEntriesChangeOverTime) {
  MakeCache(4);
  for (const char* era : {"old", "new"}) {
    for (int round = 0; round < 3; ++round) {
      for (int i = 0; i < 4; ++i) ASSERT_TRUE(Get(KeyOf(absl::StrCat(era, i))).ok());
    }
  }
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(cache_->Contains(KeyOf(absl::StrCat("new", i))));
}

TEST_F(TableCacheTest, ABlockThatIsMarkedAsUsedIsPassedOverOnce) {
  MakeCache(3);
  const BlockResult a = Get(KeyOf("a"));
  ASSERT_TRUE(Get(KeyOf("b")).ok());
  ASSERT_TRUE(Get(KeyOf("c")).ok());
  (*a)->MarkUsed();
  ASSERT_TRUE(Get(KeyOf("d")).ok());
  EXPECT_TRUE(cache_->Contains(KeyOf("a")));
  EXPECT_FALSE(cache_->Contains(KeyOf("b")));
}

TEST_F(TableCacheTest, AllBlocksMayBeMarkedAsUsed) {
  MakeCache(3);
  for (const char* plan : {"a", "b", "c"}) (*Get(KeyOf(plan)))->MarkUsed();
  ASSERT_TRUE(Get(KeyOf("d")).ok());
  EXPECT_EQ(counters().entries, 3);
}

TEST_F(TableCacheTest, LargeCachesAreSharded) {
  queue_ = std::make_unique<WorkQueue>(2);
  cache_ = std::make_unique<TableCache>(int64_t{4} << 30, queue_.get());
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(Get(KeyOf(absl::StrCat(i), i % 3)).ok());
  for (int i = 0; i < 300; ++i) EXPECT_TRUE(cache_->Contains(KeyOf(absl::StrCat(i), i % 3)));
  EXPECT_EQ(counters().entries, 300);
  EXPECT_EQ(cache_->Contents().size(), 300U);
}

TEST_F(TableCacheTest, BytesNeverExceedTheCapacityAndComeBack) {
  MakeCache(5);
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(Get(KeyOf(std::to_string(i % 17), i % 3, i % 7)).ok());
    ASSERT_LE(counters().bytes, 5 * kBlockCharge);
    ASSERT_GE(settings_.pool->live_bytes(), 0);
    ASSERT_LE(settings_.pool->live_bytes(), 6 * kBlockCharge) << "dropped blocks are freed";
  }
  EXPECT_GT(counters().evicted, 10);
}

TEST_F(TableCacheTest, ABucketLargerThanTheCacheStartsAgain) {
  MakeCache(3);
  for (int index = 0; index < 4; ++index) ASSERT_TRUE(Get(KeyOf("a", 0, index)).ok());
  EXPECT_TRUE(cache_->Contains(KeyOf("a", 0, 3)));
  EXPECT_FALSE(cache_->Contains(KeyOf("a", 0, 0)));
  EXPECT_EQ(counters().entries, 1);
}

TEST_F(TableCacheTest, ABlockLargerThanTheCacheIsAnsweredAndNotKept) {
  for (int64_t capacity : {int64_t{0}, int64_t{1000}}) {
    queue_ = std::make_unique<WorkQueue>(1);
    cache_ = std::make_unique<TableCache>(capacity, queue_.get());
    EXPECT_TRUE(Get(KeyOf("a")).ok());
    EXPECT_TRUE(Get(KeyOf("a")).ok());
    EXPECT_EQ(counters().misses, 2);
    EXPECT_EQ(counters().entries, 0);
    EXPECT_EQ(counters().bytes, 0);
    queue_.reset();
    EXPECT_EQ(settings_.pool->live_bytes(), 0);
  }
}

TEST_F(TableCacheTest, AReadersBlockOutlivesItsEviction) {
  MakeCache(1);
  const BlockResult held = Get(KeyOf("a"));
  ASSERT_TRUE(held.ok());
  const std::string before(reinterpret_cast<const char*>((*held)->tensor(0)),
                           (*held)->tensor_bytes());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Get(KeyOf(std::to_string(i))).ok());
  EXPECT_FALSE(cache_->Contains(KeyOf("a")));
  EXPECT_EQ(before, std::string(reinterpret_cast<const char*>((*held)->tensor(0)),
                                (*held)->tensor_bytes()));
}

TEST_F(TableCacheTest, SimultaneousRequestsAreOneComputation) {
  MakeCache(10);
  backend_.Close();
  for (int i = 0; i < 16; ++i) Ask(KeyOf("a"), wanted_);
  backend_.AwaitBegun(1);
  for (int i = 0; i < 16; ++i) Ask(KeyOf("a"), wanted_);  // while it is being computed
  EXPECT_EQ(answers_.load(), 0);
  backend_.Open();
  EXPECT_TRUE(WaitUntil([&] { return answers_.load() == 32; }));
  EXPECT_EQ(backend_.begun(), 1);
  EXPECT_EQ(counters().joined, 31);
  EXPECT_EQ(counters().computed, 1);
}

TEST_F(TableCacheTest, SimultaneousRequestsAreOneComputationWithoutACacheToo) {
  MakeCache(0);
  backend_.Close();
  for (int i = 0; i < 8; ++i) Ask(KeyOf("a"), wanted_);
  backend_.Open();
  EXPECT_TRUE(WaitUntil([&] { return answers_.load() == 8; }));
  EXPECT_EQ(backend_.begun(), 1);
}

TEST_F(TableCacheTest, AWaiterThatLeavesDoesNotCancelTheOthers) {
  MakeCache(10, /*threads=*/1);
  backend_.Close();
  Ask(KeyOf("first"), wanted_);  // keeps the only thread busy
  backend_.AwaitBegun(1);
  auto leaving = std::make_shared<int>(0);
  Ask(KeyOf("a"), leaving);
  Ask(KeyOf("a"), wanted_);
  leaving.reset();
  backend_.Open();
  EXPECT_TRUE(WaitUntil([&] { return answers_.load() == 2; }));
  EXPECT_EQ(backend_.begun(), 2);
}

TEST_F(TableCacheTest, ABlockThatNobodyWaitsForIsNotComputed) {
  MakeCache(10, /*threads=*/1);
  backend_.Close();
  Ask(KeyOf("first"), wanted_);
  backend_.AwaitBegun(1);
  auto leaving = std::make_shared<int>(0);
  for (int i = 0; i < 3; ++i) Ask(KeyOf("a"), leaving);
  leaving.reset();
  backend_.Open();
  ASSERT_TRUE(Get(KeyOf("last")).ok());
  EXPECT_EQ(backend_.begun(), 2) << "first and last";
  EXPECT_EQ(answers_.load(), 1);
  ASSERT_TRUE(Get(KeyOf("a")).ok()) << "a later request works";
}

TEST_F(TableCacheTest, LeavingDuringTheComputationStillKeepsTheBlock) {
  MakeCache(10);
  backend_.Close();
  auto leaving = std::make_shared<int>(0);
  Ask(KeyOf("a"), leaving);
  backend_.AwaitBegun(1);
  leaving.reset();
  backend_.Open();
  EXPECT_TRUE(WaitUntil([&] { return cache_->Contains(KeyOf("a")); }));
  EXPECT_EQ(answers_.load(), 0);
}

TEST_F(TableCacheTest, AFailureReachesEveryWaiterAndIsNotKept) {
  MakeCache(10);
  backend_.FailWith(absl::InternalError("no"));
  backend_.Close();
  Ask(KeyOf("a"), wanted_);
  Ask(KeyOf("a"), wanted_);
  backend_.Open();
  EXPECT_TRUE(WaitUntil([&] { return answers_.load() == 2000; }));
  EXPECT_FALSE(cache_->Contains(KeyOf("a")));
  backend_.FailWith(absl::OkStatus());
  EXPECT_TRUE(Get(KeyOf("a")).ok());
}

}  // namespace
}  // namespace rope::engine
