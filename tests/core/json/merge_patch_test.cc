#include "core/json/merge_patch.h"

#include "core/json/json_reader.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

// The examples of RFC 7396, appendix A.
TEST(MergePatchTest, DoesWhatTheRfcSays) {
  const char* const cases[][3] = {
      {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
      {R"({"a":"b"})", R"({"a":null})", R"({})"},
      {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
      {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
      {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
      {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
      {R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
      {R"({"a":"b"})", R"(["c"])", R"(["c"])"},
      {R"({"a":"foo"})", "null", "null"},
      {R"({"a":"foo"})", R"("bar")", R"("bar")"},
      {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
      {"[1,2]", R"({"a":"b","c":null})", R"({"a":"b"})"},
      {"{}", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
  };
  for (const auto& [target, patch, result] : cases) {
    EXPECT_EQ(WriteJson(ApplyMergePatch(JsonLiteral(target), JsonLiteral(patch))), result)
        << target << " with " << patch;
  }
}

TEST(MergePatchTest, MembersKeepTheirOrderAndNewOnesComeLast) {
  const JsonValue target = JsonLiteral(R"({"c":1,"a":2,"b":3})");
  const JsonValue patch = JsonLiteral(R"({"z":9,"a":{"y":8},"c":7})");
  EXPECT_EQ(WriteJson(ApplyMergePatch(target, patch)), R"({"c":7,"a":{"y":8},"b":3,"z":9})");
}

}  // namespace
}  // namespace rope
