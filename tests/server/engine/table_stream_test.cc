#include "server/engine/table_stream.h"

#include <future>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "server/engine/rope_engine.h"
#include "tests/testing/gated_backend.h"
#include "tests/testing/model_configs.h"
#include "tests/testing/reference_table.h"
#include "tests/testing/wait_until.h"

namespace rope::engine {
namespace {

using rope::testing::GatedBackend;
using rope::testing::kSmallHead;
using rope::testing::MakeForwardPlan;
using rope::testing::MakeReferenceTable;
using rope::testing::ReferenceTable;
using rope::testing::WaitUntil;

absl::StatusOr<BlockSlice> NextOf(TableStream& stream) {
  std::promise<absl::StatusOr<BlockSlice>> answer;
  stream.Next([&answer](const absl::StatusOr<BlockSlice>& slice) { answer.set_value(slice); });
  return answer.get_future().get();
}

// Reads a stream to its end.
ReferenceTable ReadAll(TableStream& stream) {
  ReferenceTable table;
  const int64_t row_bytes = RowBytes(stream.form(), stream.plan().half_width());
  for (int64_t row = 0; row < stream.rows();) {
    const auto slice = NextOf(stream);
    if (!slice.ok()) {
      ADD_FAILURE() << slice.status();
      break;
    }
    const auto append = [&](const std::byte* data, std::string* out) {
      out->append(reinterpret_cast<const char*>(data) + slice->first_row * row_bytes,
                  slice->rows * row_bytes);
    };
    append(slice->block->tensor(0), &table.cos);
    append(slice->block->tensor(1), &table.sin);
    row += slice->rows;
  }
  return table;
}

class TableStreamTest : public ::testing::Test {
 protected:
  void MakeEngine(int64_t cache_bytes = int64_t{64} << 20, int threads = 2) {
    EngineOptions options;
    options.limits.cache_bytes = cache_bytes;
    options.threads = threads;
    options.backend = &backend_;
    engine_ = std::make_unique<RopeEngine>(options);
  }

  std::shared_ptr<TableStream> Open(PositionIds positions, TableForm form = {}) {
    auto stream = engine_->OpenTable(plan_, std::move(positions), form);
    EXPECT_TRUE(stream.ok()) << stream.status();
    return *stream;
  }

  void ExpectTable(const PositionIds& positions, const TableForm& form, CacheOutcome outcome) {
    const auto stream = Open(positions, form);
    EXPECT_EQ(stream->cache_outcome(), outcome);
    const ReferenceTable expected = MakeReferenceTable(plan_, positions, form);
    const ReferenceTable table = ReadAll(*stream);
    EXPECT_TRUE(table.cos == expected.cos);
    EXPECT_TRUE(table.sin == expected.sin);
  }

  const FrequencyPlan plan_ = MakeForwardPlan(kSmallHead, 100);
  GatedBackend backend_;
  std::unique_ptr<RopeEngine> engine_;
};

TEST_F(TableStreamTest, RangesEqualTheReferenceWhereverTheyStart) {
  const TableForm form{DType::kFloat32, Layout::kHalfSplit};  // 8192 rows a block
  for (const auto& [start, count] :
       std::vector<std::pair<int64_t, int64_t>>{{0, 1},
                                                {255, 2},
                                                {0, 257},
                                                {100, 5000},
                                                {16383, 20000},
                                                {kMaxPosition - 999, 1000},
                                                {-5000, 9000},
                                                {-128, 1},
                                                {-300, 200},
                                                {kMinPosition, 1000}}) {
    MakeEngine();
    const PositionIds positions = *PositionIds::Range(start, count);
    ExpectTable(positions, form, CacheOutcome::kMiss);
    ExpectTable(positions, form, CacheOutcome::kHit);
  }
}

TEST_F(TableStreamTest, ListsAndStepsAreComputedForThisStreamAlone) {
  MakeEngine();
  const TableForm form{DType::kBFloat16, Layout::kInterleaved};
  ExpectTable(*PositionIds::List({5, 3, 3, 1000000, 0}), form, CacheOutcome::kBypass);
  ExpectTable(*PositionIds::Range(0, 33000, 3), form, CacheOutcome::kBypass);  // 16384 rows a block
  ExpectTable(*PositionIds::Range(40000, 33000, -1), form, CacheOutcome::kBypass);
  EXPECT_EQ(engine_->cache_counters().entries, 0);
}

TEST_F(TableStreamTest, APartOfTheCachedRowsIsAHitAndOneMoreRowIsNot) {
  MakeEngine();
  ExpectTable(*PositionIds::Range(0, 8192), {}, CacheOutcome::kMiss);
  ExpectTable(*PositionIds::Range(1000, 7192), {}, CacheOutcome::kHit);
  ExpectTable(*PositionIds::Range(8000, 193), {}, CacheOutcome::kMiss);
}

TEST_F(TableStreamTest, NoRowIsComputedOrKeptTwice) {
  MakeEngine();
  for (int64_t count : {1000, 3000, 65536, 65536}) ReadAll(*Open(*PositionIds::Range(0, count)));
  EXPECT_EQ(backend_.rows(), 65536);
  const int64_t table_bytes = int64_t{2} * 65536 * RowBytes({}, plan_.half_width());
  EXPECT_GE(engine_->cache_counters().bytes, table_bytes);
  EXPECT_LE(engine_->cache_counters().bytes, table_bytes + table_bytes / 16)
      << "a block occupies a power of two";
}

TEST_F(TableStreamTest, ASmallRequestComputesAFewRowsOnly) {
  MakeEngine();
  ReadAll(*Open(*PositionIds::Range(0, 64)));
  EXPECT_EQ(backend_.rows(), 128);
}

TEST_F(TableStreamTest, BlocksAreDeliveredAsTheyAreReady) {
  MakeEngine(int64_t{64} << 20, 1);
  const auto stream = Open(*PositionIds::Range(0, 100000));
  backend_.Close();
  std::promise<void> first;
  stream->Next([&](const absl::StatusOr<BlockSlice>& slice) {
    EXPECT_TRUE(slice.ok());
    stream->Prefetch();
    first.set_value();
  });
  backend_.AwaitBegun(1);
  EXPECT_EQ(first.get_future().wait_for(std::chrono::milliseconds(20)),
            std::future_status::timeout);
  backend_.Open();
  EXPECT_TRUE(WaitUntil([&] { return backend_.begun() >= 2; }))
      << "the next block is computed while the consumer has this one";
}

TEST_F(TableStreamTest, AReaderThatStopsHoldsTwoBlocksAtMost) {
  MakeEngine(0);
  const auto stream = Open(*PositionIds::Range(0, 1000000, 2));
  const auto slice = NextOf(*stream);
  ASSERT_TRUE(slice.ok());
  for (int i = 0; i < 3; ++i) stream->Prefetch();
  EXPECT_TRUE(WaitUntil([&] { return backend_.begun() == 2; }));
  EXPECT_TRUE(WaitUntil([&] { return engine_->block_bytes() > kBlockBytes; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(backend_.begun(), 2);
  EXPECT_LE(engine_->block_bytes(), 2 * kBlockBytes);
}

TEST_F(TableStreamTest, TwoStreamsOfOneTableComputeItOnce) {
  MakeEngine();
  const PositionIds positions = *PositionIds::Range(0, 200000);
  const auto a = Open(positions);
  const auto b = Open(positions);
  ReferenceTable from_a;
  std::thread reader([&] { from_a = ReadAll(*a); });
  const ReferenceTable from_b = ReadAll(*b);
  reader.join();
  EXPECT_TRUE(from_a.cos == from_b.cos && from_a.sin == from_b.sin);
  EXPECT_EQ(backend_.begun(), engine_->cache_counters().computed);
  EXPECT_LT(backend_.rows(), 200000 + RowsPerBlock({}, plan_.half_width()));
}

TEST_F(TableStreamTest, ATableLargerThanTheCacheIsStillRight) {
  MakeEngine(3 << 20);
  for (int round = 0; round < 2; ++round) {
    ExpectTable(*PositionIds::Range(0, 40000), {}, CacheOutcome::kMiss);
  }
  EXPECT_LE(engine_->cache_counters().bytes, 3 << 20);
  EXPECT_GT(engine_->cache_counters().evicted, 0);
}

TEST_F(TableStreamTest, WithoutACacheEveryStreamComputes) {
  MakeEngine(0);
  ExpectTable(*PositionIds::Range(0, 3000), {}, CacheOutcome::kMiss);
  ExpectTable(*PositionIds::Range(0, 3000), {}, CacheOutcome::kMiss);
  EXPECT_TRUE(WaitUntil([&] { return engine_->block_bytes() == 0; }));
}

TEST_F(TableStreamTest, CancelEndsAPendingNextAndEveryLaterOne) {
  MakeEngine();
  backend_.Close();
  const auto stream = Open(*PositionIds::Range(0, 100000));
  std::promise<absl::Status> pending;
  stream->Next([&](const absl::StatusOr<BlockSlice>& slice) { pending.set_value(slice.status()); });
  stream->Cancel();
  EXPECT_EQ(pending.get_future().get().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(NextOf(*stream).status().code(), absl::StatusCode::kCancelled);
  stream->Cancel();  // again
  backend_.Open();
}

TEST_F(TableStreamTest, ACancelledStreamIsNotComputedFurther) {
  for (const int64_t step : {1, 2}) {
    MakeEngine(int64_t{64} << 20, 1);
    const int64_t before = backend_.begun();
    backend_.Close();
    const auto stream = Open(*PositionIds::Range(0, 100000, step));
    stream->Next([](const absl::StatusOr<BlockSlice>&) {});
    backend_.AwaitBegun(before + 1);
    stream->Cancel();
    backend_.Open();
    ReadAll(*Open(*PositionIds::Range(0, 1, 2)));  // the queue is empty now
    EXPECT_EQ(backend_.begun(), before + 2);
  }
}

TEST_F(TableStreamTest, AFailureOfTheBackendIsTheAnswer) {
  MakeEngine();
  backend_.FailWith(absl::InternalError("the device is gone"));
  for (const int64_t step : {1, 2}) {
    const auto slice = NextOf(*Open(*PositionIds::Range(0, 1000, step)));
    EXPECT_EQ(slice.status().message(), "the device is gone");
  }
}

TEST_F(TableStreamTest, AStreamThatIsDroppedFreesEverything) {
  MakeEngine(0);
  {
    const auto stream = Open(*PositionIds::Range(0, 1000000, 2));
    ASSERT_TRUE(NextOf(*stream).ok());
    stream->Cancel();
  }
  EXPECT_TRUE(WaitUntil([&] { return engine_->block_bytes() == 0; }));
  {
    const auto stream = Open(*PositionIds::List(std::vector<int64_t>(1000, 7)));
    EXPECT_EQ(engine_->list_bytes(), 8000);
  }
  EXPECT_EQ(engine_->list_bytes(), 0);
}

}  // namespace
}  // namespace rope::engine
