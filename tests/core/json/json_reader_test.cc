#include "core/json/json_reader.h"

#include <cmath>
#include <string>

#include "gtest/gtest.h"

namespace rope {
namespace {

JsonDocument Read(absl::string_view text) {
  const JsonResult result = ReadJson(text);
  EXPECT_TRUE(result.ok()) << text << ": " << result.error().message;
  return *result;
}

JsonError Refuse(absl::string_view text, const JsonLimits& limits = {}) {
  const JsonResult result = ReadJson(text, limits);
  EXPECT_FALSE(result.ok()) << text;
  return result.error();
}

// What json.dumps(json.loads(text)) prints in CPython 3.11, without blanks.
struct RoundTrip {
  const char* text;
  const char* written;
};

class RoundTripTest : public ::testing::TestWithParam<RoundTrip> {};

TEST_P(RoundTripTest, WritesWhatPythonWrites) {
  EXPECT_EQ(WriteJson(Read(GetParam().text).root), GetParam().written);
}

INSTANTIATE_TEST_SUITE_P(
    Values, RoundTripTest,
    ::testing::Values(RoundTrip{"null", "null"}, RoundTrip{" true ", "true"}, RoundTrip{"1", "1"},
                      RoundTrip{"1.0", "1.0"}, RoundTrip{"-0", "0"}, RoundTrip{"-0.0", "-0.0"},
                      RoundTrip{"1e5", "100000.0"}, RoundTrip{"1e16", "1e+16"},
                      RoundTrip{"0.0001", "0.0001"}, RoundTrip{"0.00001", "1e-05"},
                      RoundTrip{"123456789012345.6", "123456789012345.6"},
                      RoundTrip{"9223372036854775807", "9223372036854775807"},
                      RoundTrip{"9223372036854775808", "9223372036854775808"},
                      RoundTrip{"0.1", "0.1"}, RoundTrip{"1E-400", "0.0"},
                      RoundTrip{"[NaN, Infinity, -Infinity]", "[NaN,Infinity,-Infinity]"},
                      RoundTrip{"{\"b\": [], \"a\": {}}", "{\"b\":[],\"a\":{}}"},
                      RoundTrip{"\"\\u00e9\\n\"", "\"\xC3\xA9\\n\""}));

class RefusedTest : public ::testing::TestWithParam<const char*> {};

TEST_P(RefusedTest, IsASyntaxError) {
  const JsonError error = Refuse(GetParam());
  EXPECT_EQ(error.kind, JsonError::Kind::kSyntax);
  EXPECT_FALSE(error.message.empty());
}

// Python's json module cannot read these either, except the last two: a lone surrogate is not a
// character, and a number beyond every double must not become infinity.
INSTANTIATE_TEST_SUITE_P(Texts, RefusedTest,
                         ::testing::Values("", " ", "{", "[1,", "{\"a\": 1", "{\"a\" 1}", "[1,]",
                                           "{'a': 1}", "Inf", "-Inf", "nan", "01", "1.", ".5", "+1",
                                           "\"\xff\"", "\"\xC0\xAF\"", "// c\n1", "1 2", "tru",
                                           "\"\t\"", "\xEF\xBB\xBF{}", "\"\\ud800\"", "1e400"));

TEST(JsonReaderTest, AZeroByteDoesNotEndTheText) {
  Refuse(absl::string_view("{}\0", 3));
  Refuse(absl::string_view("\0{}", 3));
  Refuse(absl::string_view("{\"a\0\": 1}", 9));
}

TEST(JsonReaderTest, LimitsAreExact) {
  EXPECT_TRUE(ReadJson("[[1]]", {5, 2}).ok());
  EXPECT_EQ(Refuse("[[1]]", {4, 2}).kind, JsonError::Kind::kTooBig);
  EXPECT_EQ(Refuse("[[1]]", {5, 1}).kind, JsonError::Kind::kTooDeep);
}

TEST(JsonReaderTest, DepthCostsNoStack) {
  const std::string deep(1 << 20, '[');
  EXPECT_EQ(Refuse(deep).kind, JsonError::Kind::kTooDeep);
}

TEST(JsonReaderTest, HugeIntegersAreKeptUpToPythonsLimit) {
  const std::string digits(300, '7');
  const JsonDocument document = Read("-" + digits);
  ASSERT_TRUE(document.root.is_big_int());
  EXPECT_EQ(document.root.digits(), "-" + digits);
  Refuse(std::string(4301, '7'));
}

TEST(JsonReaderTest, TheLastDuplicateCounts) {
  const JsonDocument document = Read(R"({"a": 1, "b": {"c": 2, "c": 3, "c": 4}, "a": 5})");
  EXPECT_EQ(WriteJson(document.root), R"({"b":{"c":4},"a":5})");
  ASSERT_EQ(document.duplicates.size(), 3U);
  EXPECT_EQ(document.duplicates[0].path, "b.c");
  EXPECT_EQ(document.duplicates[0].offset, 15);
  EXPECT_EQ(document.duplicates[2].path, "a");
  EXPECT_EQ(document.duplicates[2].offset, 1);
}

TEST(JsonReaderTest, ManyDuplicatesTakeLinearTime) {
  std::string text = "{";
  for (int i = 0; i < 100000; ++i) text += "\"a\":1,";
  const JsonDocument document = Read(text + "\"a\":2}");
  EXPECT_EQ(WriteJson(document.root), R"({"a":2})");
  EXPECT_LE(document.duplicates.size(), 100U);
}

TEST(JsonReaderTest, ContainersStandAtTheirBrace) {
  const std::string text = R"( {"x": [[], {"y": 1}]})";
  const JsonDocument document = Read(text);
  const JsonValue::Array& list = document.root.Find("x")->as_array();
  EXPECT_EQ(document.root.offset(), 1);
  EXPECT_EQ(list[0].offset(), static_cast<int64_t>(text.find("[]")));
  EXPECT_EQ(list[1].offset(), static_cast<int64_t>(text.find("{\"y\"")));
}

TEST(JsonReaderTest, OffsetsLeadBackToPaths) {
  const std::string text = R"({"x": 1, "list": [10, {"deep \"key\"": [true, "s"]}], "last": null})";
  const JsonDocument document = Read(text);
  const JsonValue& list = *document.root.Find("list");
  EXPECT_EQ(list.offset(), static_cast<int64_t>(text.find("\"list\"")));
  EXPECT_EQ(PathAt(document.root, list.offset()), "list");
  const JsonValue& deep = list.as_array()[1].as_object()[0].value;
  EXPECT_EQ(deep.offset(), static_cast<int64_t>(text.find("\"deep")));
  EXPECT_EQ(PathAt(document.root, deep.as_array()[1].offset()), "list[1].deep \"key\"[1]");
  EXPECT_EQ(PathAt(document.root, document.root.Find("last")->offset()), "last");
  EXPECT_EQ(PathAt(document.root, 4), "");  // between two values
}

}  // namespace
}  // namespace rope
