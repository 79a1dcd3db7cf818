#include "server/engine/cache/table_key.h"

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "core/table/position_ids.h"
#include "gtest/gtest.h"

namespace rope::engine {
namespace {

TEST(RowBucketTest, BucketsCoverAllRowsWithoutGapOrOverlap) {
  EXPECT_EQ(BucketStart(0), 0);
  for (int bucket = 0; bucket <= kLastBucket; ++bucket) {
    EXPECT_EQ(BucketEnd(bucket), BucketStart(bucket + 1));
    EXPECT_EQ(RowBucket(BucketStart(bucket)), bucket);
    EXPECT_EQ(RowBucket(BucketEnd(bucket) - 1), bucket);
  }
}

TEST(RowBucketTest, BucketsBelowZeroMirrorThoseAbove) {
  EXPECT_EQ(BucketEnd(-1), 1) << "row 0 ends it";
  for (int bucket = -1; bucket >= kFirstBucket; --bucket) {
    EXPECT_EQ(BucketStart(bucket), BucketEnd(bucket - 1));
    EXPECT_EQ(RowBucket(BucketStart(bucket)), bucket);
    EXPECT_EQ(RowBucket(BucketStart(bucket) - 1), bucket - 1);
    EXPECT_EQ(BucketEnd(bucket) - BucketStart(bucket),
              BucketEnd(-1 - bucket) - BucketStart(-1 - bucket));
  }
  EXPECT_EQ(RowBucket(-1), -1);
  EXPECT_EQ(BucketStart(RowBucket(kMinPosition)), kMinPosition);
}

TEST(RowBucketTest, TheyGrowAndTheLastRowEndsOne) {
  for (int bucket = 1; bucket <= kLastBucket; ++bucket) {
    EXPECT_EQ(BucketEnd(bucket), 4 * BucketStart(bucket));
  }
  EXPECT_EQ(BucketEnd(RowBucket(kMaxPosition)), kMaxPosition + 1);
}

TEST(TableKeyTest, DiffersInEveryPart) {
  const TableForm form{DType::kFloat16, Layout::kCompact};
  const std::string with_zero("plan\0a", 6);
  const std::string with_other_zero("plan\0b", 6);
  const absl::flat_hash_set<TableKey> keys = {
      {with_zero, form, 0},
      {with_other_zero, form, 0},
      {"plan", form, 0},
      {with_zero, {DType::kBFloat16, Layout::kCompact}, 0},
      {with_zero, {DType::kFloat16, Layout::kInterleaved}, 0},
      {with_zero, form, 1},
  };
  EXPECT_EQ(keys.size(), 6U);
  EXPECT_TRUE(keys.contains(TableKey{with_zero, form, 0}));
  EXPECT_FALSE(keys.contains(TableKey{"Plan", form, 0}));
}

}  // namespace
}  // namespace rope::engine
