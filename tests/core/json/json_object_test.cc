#include "core/json/json_object.h"

#include <map>
#include <random>
#include <string>
#include <utility>

#include "core/json/json_value.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

std::string Key(int number) { return "key" + std::to_string(number); }

// An object with the members key0: 0, key1: 1, ...
JsonObject Numbered(int count) {
  JsonObject object;
  for (int i = 0; i < count; ++i) object.Append({Key(i), JsonValue(i)});
  return object;
}

TEST(JsonObjectTest, FindsEveryMemberWhateverTheSize) {
  for (const int count : {0, 1, 23, 24, 25, 1000}) {
    const JsonObject object = Numbered(count);
    ASSERT_EQ(object.size(), static_cast<size_t>(count));
    for (int i = 0; i < count; ++i) {
      ASSERT_NE(object.Find(Key(i)), nullptr) << count << " members, " << i;
      EXPECT_EQ(object.Find(Key(i))->value.as_int(), i);
    }
    EXPECT_EQ(object.Find("other"), nullptr);
  }
}

TEST(JsonObjectTest, IsLikeAMapAfterAnyChanges) {
  std::mt19937 random(1);
  JsonObject object;
  std::map<std::string, int64_t> map;
  for (int step = 0; step < 5000; ++step) {
    const std::string key = Key(static_cast<int>(random() % 60));
    if (random() % 3 == 0) {
      object.Erase(key);
      map.erase(key);
    } else if (object.Find(key) == nullptr) {
      object.Append({key, JsonValue(step)});
      map[key] = step;
    }
    ASSERT_EQ(object.size(), map.size());
    for (int i = 0; i < 60; ++i) {
      const JsonMember* member = object.Find(Key(i));
      ASSERT_EQ(member != nullptr, map.contains(Key(i)));
      if (member == nullptr) continue;
      ASSERT_EQ(member->value.as_int(), map[Key(i)]);
    }
  }
}

TEST(JsonObjectTest, CopiesAndMovesKeepTheirMembers) {
  JsonObject object = Numbered(100);
  const JsonObject copy = object;
  object.Erase(Key(7));
  EXPECT_NE(copy.Find(Key(7)), nullptr);
  const JsonObject moved = std::move(object);
  EXPECT_EQ(moved.Find(Key(7)), nullptr);
  EXPECT_EQ(moved.Find(Key(99))->value.as_int(), 99);
}

TEST(JsonObjectTest, KeepsTheOrderUntilItIsSorted) {
  JsonObject object;
  for (const char* key : {"b", "c", "a"}) object.Append({key, JsonValue()});
  EXPECT_EQ(object[0].key, "b");
  object.Erase("c");
  EXPECT_EQ(object[1].key, "a");
  object.SortByKey();
  EXPECT_EQ(object[0].key, "a");
  EXPECT_NE(object.Find("b"), nullptr);
}

}  // namespace
}  // namespace rope
