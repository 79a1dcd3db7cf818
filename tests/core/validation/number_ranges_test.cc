#include "core/validation/number_ranges.h"

#include "gtest/gtest.h"

namespace rope {
namespace {

TEST(NumberRangesTest, NeighboursAreOneRange) {
  EXPECT_EQ(NumberRanges({}), "");
  EXPECT_EQ(NumberRanges({5}), "5");
  EXPECT_EQ(NumberRanges({0, 1, 2, 5}), "0-2,5");
  EXPECT_EQ(NumberRanges({1, 3, 5, 6}), "1,3,5-6");
}

TEST(NumberRangesTest, ManyRangesAreCutShort) {
  EXPECT_EQ(NumberRanges({0, 2, 4, 6}, 4), "0,2,4,6");
  EXPECT_EQ(NumberRanges({0, 2, 4, 6, 8}, 4), "0,2,4,6,...");
  EXPECT_EQ(NumberRanges({0, 1, 4}, 1), "0-1,...");
}

}  // namespace
}  // namespace rope
