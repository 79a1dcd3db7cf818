// Many readers of few tables, with a cache that is too small. Some cancel, some are slow, some
// leave early. The test checks that every delivered byte is right and that no memory is left.
#include <atomic>
#include <cstring>
#include <future>
#include <memory>
#include <random>
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
using rope::testing::WaitUntil;

constexpr int64_t kTableRows = 60000;  // eight blocks, which differ in size

class EngineStressTest : public ::testing::Test {
 protected:
  EngineStressTest() {
    EngineOptions options;
    options.limits.cache_bytes = 5 << 20;  // less than the two tables need
    options.threads = 3;
    options.backend = &backend_;
    engine_ = std::make_unique<RopeEngine>(options);
    for (DType dtype : {DType::kFloat16, DType::kBFloat16}) {
      const TableForm form{dtype, Layout::kInterleaved};
      std::string cos(kTableRows * RowBytes(form, plan_.half_width()), '\0');
      std::string sin = cos;
      const auto status = BestBackend().FillRows(
          plan_, *PositionIds::Range(0, kTableRows), 0, kTableRows, form, 1,
          {reinterpret_cast<std::byte*>(cos.data()), reinterpret_cast<std::byte*>(sin.data())});
      EXPECT_TRUE(status.ok());
      forms_.push_back(form);
      tables_.push_back({cos, sin});
    }
  }

  // One reader: reads some rows of some table, sometimes slowly, sometimes not to the end.
  void ReadOnce(std::mt19937* random) {
    const size_t which = (*random)() % forms_.size();
    const int64_t start = (*random)() % kTableRows;
    const int64_t step = (*random)() % 4 == 0 ? 2 : 1;
    const int64_t count = 1 + static_cast<int64_t>((*random)()) % ((kTableRows - start + 1) / step);
    auto opened = engine_->OpenTable(plan_, *PositionIds::Range(start, count, step), forms_[which]);
    ASSERT_TRUE(opened.ok());
    const std::shared_ptr<TableStream> stream = *opened;
    const bool slow = (*random)() % 8 == 0;
    const int64_t stop_after = (*random)() % 4 == 0 ? (*random)() % count : count;
    std::thread canceller;
    if ((*random)() % 8 == 0) canceller = std::thread([stream] { stream->Cancel(); });
    int64_t row = 0;
    while (row < stop_after) {
      std::promise<absl::StatusOr<BlockSlice>> answer;
      stream->Next([&answer](const absl::StatusOr<BlockSlice>& slice) { answer.set_value(slice); });
      const auto slice = answer.get_future().get();
      if (!slice.ok()) {
        EXPECT_EQ(slice.status().code(), absl::StatusCode::kCancelled);
        break;
      }
      if (slow) std::this_thread::sleep_for(std::chrono::milliseconds(2));
      ExpectSlice(*slice, which, start + row * step, step);
      row += slice->rows;
      ++slices_;
    }
    if (canceller.joinable()) canceller.join();
    stream->Cancel();
  }

  void ExpectSlice(const BlockSlice& slice, size_t which, int64_t position, int64_t step) const {
    const int64_t row_bytes = RowBytes(forms_[which], plan_.half_width());
    int wrong = 0;
    for (int64_t row = 0; row < slice.rows; ++row) {
      const int64_t at = (position + row * step) * row_bytes;
      const int64_t from = (slice.first_row + row) * row_bytes;
      wrong += std::memcmp(slice.block->tensor(0) + from, tables_[which].cos.data() + at,
                           row_bytes) != 0;
      wrong += std::memcmp(slice.block->tensor(1) + from, tables_[which].sin.data() + at,
                           row_bytes) != 0;
    }
    EXPECT_EQ(wrong, 0);
  }

  struct Table {
    std::string cos;
    std::string sin;
  };

  const FrequencyPlan plan_ = MakeForwardPlan(kSmallHead, 100);
  GatedBackend backend_;
  std::unique_ptr<RopeEngine> engine_;
  std::vector<TableForm> forms_;
  std::vector<Table> tables_;
  std::atomic<int64_t> slices_{0};
};

TEST_F(EngineStressTest, ReadersComeAndGo) {
  std::vector<std::thread> readers;
  for (unsigned seed = 0; seed < 6; ++seed) {
    readers.emplace_back([this, seed] {
      std::mt19937 random(seed);
      for (int i = 0; i < 60; ++i) ReadOnce(&random);
    });
  }
  for (std::thread& reader : readers) reader.join();
  const TableCache::Counters counters = engine_->cache_counters();
  EXPECT_GT(slices_.load(), 360);
  EXPECT_GT(counters.hits, 0);
  EXPECT_GT(counters.evicted, 0);
  EXPECT_LE(counters.computed, counters.misses);
  EXPECT_LE(counters.bytes, 5 << 20);
  EXPECT_TRUE(WaitUntil([&] { return engine_->block_bytes() <= engine_->cache_counters().bytes; }))
      << "only the cache holds blocks when all readers are gone";
}

}  // namespace
}  // namespace rope::engine
