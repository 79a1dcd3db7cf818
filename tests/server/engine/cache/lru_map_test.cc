#include "server/engine/cache/lru_map.h"

#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace rope::engine {
namespace {

TEST(LruMapTest, TheLeastRecentlyUsedGoesFirst) {
  LruMap<int> map(3);
  for (int i = 0; i < 3; ++i) map.Insert(absl::StrCat(i), i, 1);
  ASSERT_NE(map.Find("0"), nullptr);
  map.Insert("3", 3, 1);
  EXPECT_EQ(map.Find("1"), nullptr);
  EXPECT_EQ(*map.Find("0"), 0);
  EXPECT_EQ(*map.Find("3"), 3);
  EXPECT_EQ(map.size(), 3);
}

TEST(LruMapTest, AValueIsReplacedWithItsCharge) {
  LruMap<std::string> map(10);
  map.Insert("a", "old", 9);
  map.Insert("a", "new", 2);
  map.Insert("b", "other", 8);
  EXPECT_EQ(*map.Find("a"), "new");
  EXPECT_EQ(map.charge(), 10);
  map.Erase("a");
  EXPECT_EQ(map.Find("a"), nullptr);
  EXPECT_EQ(map.charge(), 8);
}

TEST(LruMapTest, AValueLargerThanTheCapacityIsNotKept) {
  LruMap<int> map(10);
  map.Insert("small", 1, 1);
  map.Insert("large", 2, 11);
  EXPECT_EQ(map.Find("large"), nullptr);
  EXPECT_NE(map.Find("small"), nullptr);
  LruMap<int> nothing(0);
  nothing.Insert("a", 1, 1);
  EXPECT_EQ(nothing.size(), 0);
}

TEST(LruMapTest, ChargesNeverExceedTheCapacity) {
  LruMap<int> map(100);
  std::mt19937 random(1);
  for (int i = 0; i < 10000; ++i) {
    map.Insert(absl::StrCat(random() % 300), i, static_cast<int64_t>(random() % 30));
    ASSERT_LE(map.charge(), 100);
    map.Find(absl::StrCat(random() % 300));
  }
}

}  // namespace
}  // namespace rope::engine
