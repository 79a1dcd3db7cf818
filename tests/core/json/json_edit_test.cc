// Merge patches applied to texts. The expected texts were written by hand: what nobody asked to
// change has the same bytes.
#include "core/json/json_edit.h"

#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/json/json_reader.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

std::string Edit(const std::string& text, const std::string& patch) {
  return EditJson(text, JsonLiteral(patch)).value_or("refused");
}

struct Case {
  const char* what;
  const char* text;
  const char* patch;
  const char* expected;
};

constexpr Case kCases[] = {
    {"a value, and nothing else: numbers, escapes and spaces keep their spelling",
     "{ \"a\":1.10 ,\n\t\"b\" : 1e5,\"c\":\"\\u00e9\" }\n", R"({"b":2.5})",
     "{ \"a\":1.10 ,\n\t\"b\" : 2.5,\"c\":\"\\u00e9\" }\n"},
    {"a new member comes last, with the indentation of the others",
     "{\n    \"a\": 1,\n    \"b\": {\n        \"c\": 2\n    }\n}", R"({"d":3,"b":{"e":4}})",
     "{\n    \"a\": 1,\n    \"b\": {\n        \"c\": 2,\n        \"e\": 4\n    },\n    \"d\": "
     "3\n}"},
    {"one line stays one line", R"({"a": 1, "b": 2})", R"({"c":[1,2]})",
     R"({"a": 1, "b": 2, "c": [1,2]})"},
    {"without spaces", R"({"a":1})", R"({"b":true})", R"({"a":1,"b":true})"},
    {"the first member goes", "{\n  \"a\": 1,\n  \"b\": 2\n}", R"({"a":null})", "{\n  \"b\": 2\n}"},
    {"the last member goes", "{\n  \"a\": 1,\n  \"b\": 2\n}", R"({"b":null})", "{\n  \"a\": 1\n}"},
    {"one in the middle goes", "{\"a\":1, \"b\":2, \"c\":3}", R"({"b":null})",
     "{\"a\":1, \"c\":3}"},
    {"all members go", "{\n  \"a\": 1\n}", R"({"a":null})", "{}"},
    {"all go, one comes", "{\n  \"a\": 1\n}", R"({"a":null,"b":2})", "{\n  \"b\": 2\n}"},
    {"a name changes in its place", "{\"type\" : 1.50, \"x\":0}",
     R"({"type":null,"rope_type":1.5})", "{\"rope_type\" : 1.50, \"x\":0}"},
    {"a value that moves keeps its spelling",
     "{\n  \"r\": {\"f\": 1.50},\n  \"t\": {\n    \"h\": 1\n  }\n}",
     R"({"r":null,"t":{"r":{"f":1.5}}})",
     "{\n  \"t\": {\n    \"h\": 1,\n    \"r\": {\"f\": 1.50}\n  }\n}"},
    {"a new object is spread over lines as the document is", "{\n\t\"a\": 1\n}\n",
     R"({"b":{"c":[1,2]}})",
     "{\n\t\"a\": 1,\n\t\"b\": {\n\t  \"c\": [\n\t    1,\n\t    2\n\t  ]\n\t}\n}\n"},
    {"the last of two members with one name counts", R"({"a":1,"a":2})", R"({"a":3})",
     R"({"a":1,"a":3})"},
    {"both go", R"({"a":1,"b":0,"a":2})", R"({"a":null})", R"({"b":0})"},
    {"CRLF", "{\r\n  \"a\": 1\r\n}\r\n", R"({"b":2})", "{\r\n  \"a\": 1,\r\n  \"b\": 2\r\n}\r\n"},
    {"an empty object", "{}", R"({"a":1})", R"({"a": 1})"},
    {"braces inside strings", R"({"a":"}\"{", "b":1})", R"({"b":2})", R"({"a":"}\"{", "b":2})"},
    {"an escaped name", R"({"\u0061":1})", R"({"a":2})", R"({"\u0061":2})"},
    {"a scalar becomes an object", R"({"a":1})", R"({"a":{"b":2}})", R"({"a":{"b":2}})"},
    {"nothing to remove", R"({"a":1})", R"({"b":null})", R"({"a":1})"},
    {"no object", "[1]", R"({"a":1})", "refused"},
    {"no JSON", "{\"a\":", R"({"a":1})", "refused"},
};

TEST(JsonEditTest, ChangesOnlyWhatThePatchSays) {
  for (const Case& one : kCases) EXPECT_EQ(Edit(one.text, one.patch), one.expected) << one.what;
}

// Random documents and patches. EditJson itself compares its result with ApplyMergePatch.
class RandomJson {
 public:
  explicit RandomJson(unsigned seed) : random_(seed) {}
  std::string Object(int depth) {
    std::string text = absl::StrCat("{", Space());
    const int members = Below(4);
    for (int i = 0; i < members; ++i) {
      absl::StrAppend(&text, i > 0 ? "," : "", Space(), "\"", std::string(1, 'a' + Below(4)), "\"",
                      Space(), ":", Space(), Value(depth), Space());
    }
    return absl::StrCat(text, "}");
  }

 private:
  int Below(int n) { return static_cast<int>(random_() % n); }
  std::string Space() { return std::string(Below(2), Below(3) == 0 ? '\n' : ' '); }
  std::string Value(int depth) {
    if (depth > 0 && Below(2) == 0) return Object(depth - 1);
    constexpr const char* kValues[] = {"null", "1.50", "\"}{\\\"\"", "[1, {}]", "true", "-1e3"};
    return kValues[Below(6)];
  }

  std::mt19937 random_;
};

TEST(JsonEditTest, NeverDamagesADocument) {
  for (unsigned seed = 0; seed < 20000; ++seed) {
    RandomJson random(seed);
    const std::string text = random.Object(3);
    const std::string patch = random.Object(3);
    EXPECT_TRUE(EditJson(text, ReadJson(patch)->root).has_value()) << text << "\n" << patch;
  }
}

}  // namespace
}  // namespace rope
