#include "server/engine/cache/table_block.h"

#include <cstdint>
#include <string>

#include "gtest/gtest.h"
#include "tests/testing/gated_backend.h"
#include "tests/testing/model_configs.h"
#include "tests/testing/reference_table.h"
#include "xxhash.h"

namespace rope::engine {
namespace {

using rope::testing::GatedBackend;
using rope::testing::kSmallHead;
using rope::testing::MakeForwardPlan;
using rope::testing::MakeReferenceTable;

std::string Bytes(const std::byte* data, int64_t size) {
  return std::string(reinterpret_cast<const char*>(data), static_cast<size_t>(size));
}

TEST(TableBlockTest, HoldsTheRowsAndTheirChecksums) {
  const FrequencyPlan plan = MakeForwardPlan(kSmallHead, 100);
  const TableForm form{DType::kFloat16, Layout::kInterleaved};
  const PositionIds positions = *PositionIds::List({9, 4, 4, 77, 12345, 0, 1});
  const BlockResult block = TableBlock::Compute({&BestBackend()}, plan, positions, 2, 5, form);
  ASSERT_TRUE(block.ok()) << block.status();

  const auto expected = MakeReferenceTable(plan, *PositionIds::List({4, 77, 12345, 0, 1}), form);
  const TableBlock& rows = **block;
  EXPECT_EQ(rows.rows(), 5);
  ASSERT_EQ(rows.tensor_bytes(), static_cast<int64_t>(expected.cos.size()));
  EXPECT_EQ(Bytes(rows.tensor(0), rows.tensor_bytes()), expected.cos);
  EXPECT_EQ(Bytes(rows.tensor(1), rows.tensor_bytes()), expected.sin);
  EXPECT_EQ(rows.xxh3(0), XXH3_64bits(expected.cos.data(), expected.cos.size()));
  EXPECT_EQ(rows.xxh3(1), XXH3_64bits(expected.sin.data(), expected.sin.size()));
  EXPECT_EQ(reinterpret_cast<uintptr_t>(rows.tensor(0)) % 64, 0U);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(rows.tensor(1)) % 64, 0U);
}

TEST(TableBlockTest, LivingBytesAreCounted) {
  const FrequencyPlan plan = MakeForwardPlan(kSmallHead, 100);
  const ComputeSettings settings{&BestBackend()};
  {
    const BlockResult block =
        TableBlock::Compute(settings, plan, *PositionIds::Range(0, 10), 0, 10, TableForm());
    ASSERT_TRUE(block.ok());
    EXPECT_GE(settings.pool->live_bytes(), 2 * (*block)->tensor_bytes());
    EXPECT_LE(settings.pool->live_bytes(), (*block)->charge());
    EXPECT_GE((*block)->charge(), 2 * (*block)->tensor_bytes());
  }
  EXPECT_EQ(settings.pool->live_bytes(), 0);
}

TEST(TableBlockTest, AFailureOfTheBackendIsPassedOn) {
  GatedBackend backend;
  backend.FailWith(absl::InternalError("the device is gone"));
  const ComputeSettings settings{&backend};
  const BlockResult block = TableBlock::Compute(settings, MakeForwardPlan(kSmallHead, 100),
                                                *PositionIds::Range(0, 10), 0, 10, TableForm());
  EXPECT_EQ(block.status().message(), "the device is gone");
  EXPECT_EQ(settings.pool->live_bytes(), 0);
}

TEST(RowsPerBlockTest, WholeRowsInAMebibyteAndAtLeastOne) {
  EXPECT_EQ(RowsPerBlock({DType::kFloat32, Layout::kHalfSplit}, 64), 1024);
  EXPECT_EQ(RowsPerBlock({DType::kBFloat16, Layout::kCompact}, 64), 4096);
  EXPECT_EQ(RowsPerBlock({DType::kFloat32, Layout::kHalfSplit}, 48), 1365);
  EXPECT_EQ(RowsPerBlock({DType::kFloat32, Layout::kHalfSplit}, 1 << 20), 1);
}

}  // namespace
}  // namespace rope::engine
