#include "core/table/position_ids.h"

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

std::vector<int64_t> All(const PositionIds& ids, int64_t first = 0) {
  std::vector<int64_t> out(ids.size() - first);
  ids.CopyTo(first, absl::MakeSpan(out));
  return out;
}

TEST(PositionIdsTest, Ranges) {
  EXPECT_THAT(All(*PositionIds::Range(5, 3)), ElementsAre(5, 6, 7));
  EXPECT_THAT(All(*PositionIds::Range(5, 3, 10)), ElementsAre(5, 15, 25));
  EXPECT_THAT(All(*PositionIds::Range(5, 3, -2)), ElementsAre(5, 3, 1));
  EXPECT_THAT(All(*PositionIds::Range(5, 3, 0)), ElementsAre(5, 5, 5));
  EXPECT_THAT(All(*PositionIds::Range(10, 4), 2), ElementsAre(12, 13));
}

TEST(PositionIdsTest, LargestPositionOfARange) {
  EXPECT_EQ(PositionIds::Range(5, 3, 10)->max(), 25);
  EXPECT_EQ(PositionIds::Range(5, 3, -2)->max(), 5);
  EXPECT_EQ(PositionIds::Range(kMaxPosition, 1)->max(), kMaxPosition);
}

TEST(PositionIdsTest, OnlyStepOneIsContiguous) {
  EXPECT_TRUE(PositionIds::Range(5, 3)->contiguous());
  EXPECT_FALSE(PositionIds::Range(5, 3, 2)->contiguous());
  EXPECT_FALSE(PositionIds::List({5, 6, 7})->contiguous());
}

TEST(PositionIdsTest, ListsKeepOrderAndRepetitions) {
  const auto ids = PositionIds::List({7, 0, 7, kMaxPosition});
  EXPECT_THAT(All(*ids), ElementsAre(7, 0, 7, kMaxPosition));
  EXPECT_EQ(ids->max(), kMaxPosition);
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
                    BadRange{-1, 1, 1, "start"}, BadRange{kMaxPosition + 1, 1, 1, "start"},
                    BadRange{kMaxPosition, 2, 1, "range"}, BadRange{0, kMax, 1, "range"},
                    BadRange{0, kMax, kMax, "range"}, BadRange{0, 2, kMin, "range"},
                    BadRange{kMin, 1, 1, "start"}, BadRange{1, 3, -1, "range"}));

TEST(PositionIdsTest, BadListsAreRefusedNamingTheEntry) {
  EXPECT_EQ(PositionIds::List({}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(PositionIds::List({0, -3}).status().message()),
              HasSubstr("position_ids[1] must be 0 to 2147483647, not -3"));
  EXPECT_THAT(std::string(PositionIds::List({kMaxPosition + 1}).status().message()),
              HasSubstr("position_ids[0] must be 0 to 2147483647, not 2147483648"));
}

}  // namespace
}  // namespace rope
