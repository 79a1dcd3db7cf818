#include "core/table/position_ids.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();

std::vector<double> All(const PositionIds& ids, int64_t first = 0) {
  std::vector<double> out(ids.size() - first);
  ids.CopyTo(first, absl::MakeSpan(out));
  return out;
}

TEST(PositionIdsTest, Ranges) {
  EXPECT_THAT(All(*PositionIds::Range(5, 3)), ElementsAre(5, 6, 7));
  EXPECT_THAT(All(*PositionIds::Range(5, 3, 10)), ElementsAre(5, 15, 25));
  EXPECT_THAT(All(*PositionIds::Range(5, 3, -2)), ElementsAre(5, 3, 1));
  EXPECT_THAT(All(*PositionIds::Range(5, 3, 0)), ElementsAre(5, 5, 5));
  EXPECT_THAT(All(*PositionIds::Range(10, 4), 2), ElementsAre(12, 13));
  EXPECT_THAT(All(*PositionIds::Range(-2, 4)), ElementsAre(-2, -1, 0, 1));
}

TEST(PositionIdsTest, LargestPositionOfARange) {
  EXPECT_EQ(PositionIds::Range(5, 3, 10)->max(), 25);
  EXPECT_EQ(PositionIds::Range(5, 3, -2)->max(), 5);
  EXPECT_EQ(PositionIds::Range(kMaxPosition, 1)->max(), kMaxPosition);
  EXPECT_EQ(PositionIds::Range(kMinPosition, 5)->max(), kMinPosition + 4);
  EXPECT_EQ(PositionIds::Range(kMinPosition, 5)->max_distance(), kMaxPosition);
  EXPECT_EQ(PositionIds::Range(-3, 20)->max_distance(), 16);
}

TEST(PositionIdsTest, OnlyStepOneIsContiguous) {
  EXPECT_TRUE(PositionIds::Range(5, 3)->contiguous());
  EXPECT_FALSE(PositionIds::Range(5, 3, 2)->contiguous());
  EXPECT_FALSE(PositionIds::List({5, 6, 7})->contiguous());
}

TEST(PositionIdsTest, SomeRowsImplyTheLengthOfTheirLargestPosition) {
  EXPECT_EQ(PositionIds::Range(10, 5)->SeqLenOfRows(1, 3), 14);
  EXPECT_EQ(PositionIds::Range(10, 5, -2)->SeqLenOfRows(1, 3), 9);
  EXPECT_EQ(PositionIds::Range(-9, 5)->SeqLenOfRows(0, 5), 1);
  EXPECT_EQ(PositionIds::List({7, 3, 9, 1})->SeqLenOfRows(1, 1), 4);
  EXPECT_EQ(PositionIds::List({7, 3, 9, 1})->SeqLenOfRows(0, 4), 10);
  EXPECT_EQ(PositionIds::Fractional({0.5, 2.25, 8})->SeqLenOfRows(0, 2), 4);
  EXPECT_EQ(PositionIds::Axes(2, {1, 2, 3, 40, 50, 60})->SeqLenOfRows(1, 2), 61);
  EXPECT_EQ(PositionIds::Axes(2, {1, 2, 3, 40, 50, 60})->SeqLenOfRows(0, 1), 41);
}

TEST(PositionIdsTest, ListsKeepOrderAndRepetitions) {
  const auto ids = PositionIds::List({7, 0, 7, kMaxPosition});
  EXPECT_THAT(All(*ids), ElementsAre(7, 0, 7, kMaxPosition));
  EXPECT_EQ(ids->max(), kMaxPosition);
}

TEST(PositionIdsTest, FractionsAndNegativePositions) {
  const auto ids = PositionIds::Fractional({0.5, -7.25, 3.0});
  EXPECT_THAT(All(*ids), ElementsAre(0.5, -7.25, 3.0));
  EXPECT_THAT(All(*ids, 1), ElementsAre(-7.25, 3.0));
  EXPECT_EQ(ids->max(), 3);
  EXPECT_EQ(ids->max_distance(), 8);
  EXPECT_EQ(PositionIds::Fractional({0.5, 2.25})->max(), 3) << "rounded up";
  EXPECT_EQ(ids->list_bytes(), 24);
  EXPECT_FALSE(ids->whole());
  EXPECT_FALSE(ids->contiguous());
  EXPECT_TRUE(PositionIds::List({-4, 4})->whole());
  EXPECT_EQ(PositionIds::List({-4, 3})->max_distance(), 4);
}

struct BadRange {
  int64_t start;
  int64_t count;
  int64_t step;
  std::string field;
};

class BadRangeTest : public testing::TestWithParam<BadRange> {};

TEST_P(BadRangeTest, IsRefusedNamingTheField) {
  const auto ids = PositionIds::Range(GetParam().start, GetParam().count, GetParam().step);
  EXPECT_EQ(ids.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(ids.status().message()), HasSubstr(GetParam().field));
}

INSTANTIATE_TEST_SUITE_P(
    Ranges, BadRangeTest,
    testing::Values(BadRange{0, 0, 1, "count"}, BadRange{0, -1, 1, "count"},
                    BadRange{kMinPosition - 1, 1, 1, "start"},
                    BadRange{kMaxPosition + 1, 1, 1, "start"},
                    BadRange{kMaxPosition, 2, 1, "range"}, BadRange{0, kMax, 1, "range"},
                    BadRange{0, kMax, kMax, "range"}, BadRange{0, 2, kMin, "range"},
                    BadRange{kMin, 1, 1, "start"}, BadRange{kMinPosition + 1, 3, -1, "range"}));

TEST(PositionIdsTest, BadListsAreRefusedNamingTheEntry) {
  EXPECT_EQ(PositionIds::List({}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(PositionIds::List({0, -2147483648}).status().message()),
              HasSubstr("position_ids[1] must be -2147483647 to 2147483647, not -2147483648"));
  EXPECT_THAT(std::string(PositionIds::List({kMaxPosition + 1}).status().message()),
              HasSubstr("position_ids[0] must be -2147483647 to 2147483647, not 2147483648"));
  for (double bad : {std::nan(""), 1e300, -HUGE_VAL, 2147483647.5}) {
    EXPECT_THAT(std::string(PositionIds::Fractional({0.0, bad}).status().message()),
                HasSubstr("position_ids[1] must be"));
  }
}

}  // namespace
}  // namespace rope
