#include "core/config/load/shortened.h"

#include <string>

#include "core/json/json_reader.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

std::string Short(const std::string& json) { return WriteJson(Shortened(ReadJson(json)->root)); }

TEST(ShortenedTest, LeavesWhatPeopleWrite) {
  for (const char* json : {"null", "true", "10000.0", "1", "\"10000\"", "[1,2,[3]]",
                           R"({"a":{"b":"text"},"c":[]})", "123456789012345678901234567890"}) {
    EXPECT_EQ(Short(json), json);
  }
}

TEST(ShortenedTest, BoundsEverythingElse) {
  std::string list = "0";
  std::string members = "\"k\":0";
  for (int i = 0; i < 10000; ++i) {
    list += ",\"text\"";
    members += ",\"k" + std::to_string(i) + "\":[1]";
  }
  for (const std::string& json :
       {"\"" + std::string(10000, 'x') + "\"", "[" + list + "]", "{" + members + "}"}) {
    const JsonValue value = ReadJson(json)->root;
    const JsonValue shortened = Shortened(value);
    EXPECT_LT(WriteJson(shortened).size(), 2000U);
    EXPECT_EQ(shortened.is_array(), value.is_array());
    EXPECT_EQ(shortened.is_object(), value.is_object());
    EXPECT_EQ(shortened.is_string(), value.is_string());
  }
}

TEST(ShortenedTest, KeepsTheFirstDigitsOfAWholeNumber) {
  const JsonValue shortened = Shortened(JsonValue(JsonValue::BigInt{std::string(4000, '7')}));
  ASSERT_TRUE(shortened.is_big_int());
  EXPECT_EQ(shortened.digits(), std::string(400, '7'));
}

TEST(ShortenedTest, CutsBetweenCharacters) {
  std::string text;
  while (text.size() < 1000) text += "\xE2\x82\xAC";  // three bytes each
  const JsonValue shortened = Shortened(JsonValue(text));
  EXPECT_EQ(shortened.as_string().size() % 3, 0U);
}

TEST(ShortenedTest, KeepsTheOffset) {
  JsonValue value("text");
  value.set_offset(17);
  EXPECT_EQ(Shortened(value).offset(), 17);
}

}  // namespace
}  // namespace rope
