// Expected values are those of CPython 3.11 on json.loads of the same text.
#include "core/json/python_value.h"

#include <string>
#include <vector>

#include "core/json/json_reader.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

JsonValue Read(absl::string_view text) { return ReadJson(text)->root; }

TEST(PythonValueTest, PrintsAsPythonDoes) {
  const JsonValue value = Read(R"([null, true, 1, 1.5, "it's", {"a": "b\n"}, NaN])");
  EXPECT_EQ(PythonRepr(value), R"([None, True, 1, 1.5, "it's", {'a': 'b\n'}, nan])");
  EXPECT_EQ(PythonStr(value.as_array()[4]), "it's");
  EXPECT_EQ(PythonStr(value.as_array()[5]), R"({'a': 'b\n'})");
}

TEST(PythonValueTest, ReprChoosesTheQuoteAndEscapesTheRest) {
  EXPECT_EQ(PythonRepr(JsonValue("plain")), "'plain'");
  EXPECT_EQ(PythonRepr(JsonValue("say \"x\"")), "'say \"x\"'");
  EXPECT_EQ(PythonRepr(JsonValue("both ' and \"")), "'both \\' and \"'");
  EXPECT_EQ(PythonRepr(JsonValue("tab\tnl\ncr\r\x01\x7f\\")), R"('tab\tnl\ncr\r\x01\x7f\\')");
  EXPECT_EQ(PythonRepr(JsonValue("\xC3\xA9")), "'\xC3\xA9'");
}

TEST(PythonValueTest, TruthIsPythons) {
  const JsonValue values = Read(R"([null, false, 0, 0.0, "", [], {}])");
  for (const JsonValue& value : values.as_array()) EXPECT_FALSE(IsTruthy(value));
  const JsonValue others = Read(R"([true, -1, NaN, "0", [0], {"a": 0}, 9223372036854775808])");
  for (const JsonValue& value : others.as_array()) EXPECT_TRUE(IsTruthy(value));
}

TEST(PythonValueTest, TypesAreNamedAsInPython) {
  const JsonValue values = Read(R"([null, true, 1, 9223372036854775808, 1.0, "", [], {}])");
  std::vector<std::string> names;
  for (const JsonValue& value : values.as_array()) names.emplace_back(PythonTypeName(value));
  EXPECT_EQ(names, std::vector<std::string>(
                       {"NoneType", "bool", "int", "int", "float", "str", "list", "dict"}));
}

TEST(PythonValueTest, BooleansAreNumbersAndTextsAreNot) {
  for (const char* text : {"true", "0", "9223372036854775808", "1.5", "NaN"}) {
    EXPECT_TRUE(IsPythonNumber(Read(text))) << text;
  }
  for (const char* text : {"null", "\"1\"", "[1]", "{}"}) {
    EXPECT_FALSE(IsPythonNumber(Read(text))) << text;
    EXPECT_EQ(PythonNumber(Read(text)), std::nullopt) << text;
  }
  EXPECT_EQ(PythonNumber(Read("true")), 1.0);
  EXPECT_EQ(PythonNumber(Read("-7")), -7.0);
  EXPECT_EQ(PythonNumber(Read("9223372036854775808")), 9223372036854775808.0);
}

// float(10**400) raises OverflowError.
TEST(PythonValueTest, AnIntegerBeyondEveryDoubleIsNoNumber) {
  EXPECT_EQ(PythonNumber(JsonValue(JsonValue::BigInt{"1" + std::string(400, '0')})), std::nullopt);
}

TEST(PythonValueTest, WholeNumbersMayBeFloats) {
  using Numbers = std::vector<int64_t>;
  EXPECT_EQ(WholeNumbers(Read("[16, 24.0, -1]")), Numbers({16, 24, -1}));
  EXPECT_EQ(WholeNumbers(Read("[]")), Numbers());
  for (const char* text : {"[1.5]", "[true]", "[\"1\"]", "[NaN]", "[1e9]", "3", "null"}) {
    EXPECT_EQ(WholeNumbers(Read(text)), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace rope
