// JsonValue and what it prints. Expected texts are those of CPython 3.11.
#include "core/json/json_value.h"

#include <limits>
#include <string>
#include <vector>

#include "core/json/json_reader.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

TEST(JsonValueTest, FindLooksForMembersOfObjectsOnly) {
  const JsonValue value = JsonLiteral(R"({"a":null,"b":[1]})");
  ASSERT_NE(value.Find("a"), nullptr);
  EXPECT_TRUE(value.Find("a")->is_null());
  EXPECT_EQ(value.Find("c"), nullptr);
  EXPECT_EQ(value.Find("b")->Find("a"), nullptr);
  EXPECT_EQ(JsonValue("a").Find("a"), nullptr);
}

TEST(JsonValueTest, SetReplacesInPlaceOrAddsAtTheEnd) {
  JsonValue value = JsonLiteral(R"({"a":1,"b":2})");
  value.Set("a", JsonValue(3));
  value.Set("c", JsonValue(4));
  EXPECT_EQ(WriteJson(value), R"({"a":3,"b":2,"c":4})");
}

TEST(JsonValueTest, SetDefaultLeavesAMemberThatIsNull) {
  JsonValue value = JsonLiteral(R"({"a":null})");
  value.SetDefault("a", JsonValue(1));
  value.SetDefault("b", JsonValue(2));
  EXPECT_EQ(WriteJson(value), R"({"a":null,"b":2})");
}

TEST(JsonValueTest, EraseRemovesAMemberIfItIsThere) {
  JsonValue value = JsonLiteral(R"({"a":1,"b":2})");
  value.Erase("a");
  value.Erase("no such member");
  EXPECT_EQ(WriteJson(value), R"({"b":2})");
}

TEST(JsonValueTest, StringMemberIsEmptyForAnythingButAString) {
  const JsonValue value = JsonLiteral(R"({"name":"yarn","number":1,"nothing":null})");
  EXPECT_EQ(StringMember(value, "name"), "yarn");
  EXPECT_EQ(StringMember(value, "number"), "");
  EXPECT_EQ(StringMember(value, "nothing"), "");
  EXPECT_EQ(StringMember(value, "absent"), "");
  EXPECT_EQ(StringMember(JsonValue(1), "name"), "");
}

TEST(JsonValueTest, ACopyKeepsItsOffsetAndIsDeep) {
  const JsonValue original = ReadJson(R"({"list": [1, 2]})")->root;
  JsonValue copy = *original.Find("list");
  copy.as_array()[0] = JsonValue(9);
  EXPECT_EQ(copy.offset(), original.Find("list")->offset());
  EXPECT_EQ(WriteJson(original), R"({"list":[1,2]})");
}

TEST(JsonValueTest, ALiteralHasNoOffsets) {
  const JsonValue value = JsonLiteral(R"({"a":[1]})");
  EXPECT_EQ(value.offset(), -1);
  EXPECT_EQ(value.Find("a")->as_array()[0].offset(), -1);
}

TEST(JsonValueTest, PrettyTextIsThatOfJsonDumps) {
  EXPECT_EQ(WritePrettyJson(JsonLiteral("{\"a\":[1,{\"b\":\"\xC3\xA9\\n\"}],\"c\":{},\"d\":[]}")),
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"\xC3\xA9\\n\"\n    }\n  ],\n"
            "  \"c\": {},\n  \"d\": []\n}");
}

TEST(PythonFloatTest, IsReprOfAFloat) {
  const std::pair<double, const char*> cases[] = {{0.0, "0.0"},
                                                  {-0.0, "-0.0"},
                                                  {1.0, "1.0"},
                                                  {0.1, "0.1"},
                                                  {1e-4, "0.0001"},
                                                  {1.2e-4, "0.00012"},
                                                  {1e-5, "1e-05"},
                                                  {123456.789, "123456.789"},
                                                  {1e15, "1000000000000000.0"},
                                                  {9999999999999998.0, "9999999999999998.0"},
                                                  {1e16, "1e+16"},
                                                  {1.5e300, "1.5e+300"},
                                                  {5e-324, "5e-324"}};
  for (const auto& [value, text] : cases) EXPECT_EQ(PythonFloat(value), text);
  EXPECT_EQ(PythonFloat(std::numeric_limits<double>::quiet_NaN()), "nan");
  EXPECT_EQ(PythonFloat(-std::numeric_limits<double>::infinity()), "-inf");
}

using Keys = std::vector<std::string>;

TEST(PathTest, LeadsToEveryValue) {
  const std::string text = R"({"a": {"b": [10, {"c": 2}]}, "d": null})";
  const JsonValue root = ReadJson(text)->root;
  const auto at = [&](const char* token) { return static_cast<int64_t>(text.find(token)); };
  EXPECT_EQ(PathAt(root, 0), "");
  EXPECT_EQ(PathAt(root, at("\"a\"")), "a");
  EXPECT_EQ(PathAt(root, at("\"b\"")), "a.b");
  EXPECT_EQ(PathAt(root, at("10")), "a.b[0]");
  EXPECT_EQ(PathAt(root, at("{\"c\"")), "a.b[1]");
  EXPECT_EQ(PathAt(root, at("\"c\"")), "a.b[1].c");
  EXPECT_EQ(PathAt(root, at("\"d\"")), "d");
  EXPECT_EQ(PathAt(root, 1 + at("\"a\"")), "") << "no value stands within a key";
}

TEST(KeysTest, LeadToMembersButNotThroughArrays) {
  const std::string text = R"({"a": {"b": [10, {"c": 2}]}, "d": null})";
  const JsonValue root = ReadJson(text)->root;
  const auto at = [&](const char* token) { return static_cast<int64_t>(text.find(token)); };
  EXPECT_EQ(KeysAt(root, 0), Keys());
  EXPECT_EQ(KeysAt(root, at("\"b\"")), Keys({"a", "b"}));
  EXPECT_EQ(KeysAt(root, at("\"d\"")), Keys({"d"}));
  EXPECT_EQ(KeysAt(root, at("10")), std::nullopt);
  EXPECT_EQ(KeysAt(root, at("\"c\"")), std::nullopt);
  EXPECT_EQ(KeysAt(root, 1 + at("\"a\"")), std::nullopt);
}

}  // namespace
}  // namespace rope
