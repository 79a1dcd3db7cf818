// The table of rules for head_dim in family_rows.h, row by row.
#include "core/config/families/family_rows.h"

#include <string>

#include "core/config/load/load_model.h"
#include "core/json/json_reader.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

// The attribute head_dim after loading, as JSON; "absent" if there is none, "error" if a finding
// is.
std::string HeadDim(const HeadDimRule& rule, const std::string& document) {
  const Family family = {.model_type = "test", .shape = {256, 4, 8192, 2}, .head_dim = rule};
  const JsonValue json = JsonLiteral(document);
  FindingSink findings(&json);
  const LoadingState state = LoadModel(family, json, &findings);
  if (findings.has_errors()) return "error";
  const JsonValue* head_dim = state.Attribute("head_dim");
  return head_dim != nullptr ? WriteJson(*head_dim) : "absent";
}

struct Row {
  const char* name;
  HeadDimRule rule;
  const char* without;    // head_dim of {}; 64 is derived
  const char* with_null;  // of {"head_dim": null}
  const char* with_int;   // of {"head_dim": 80}
  const char* with_text;  // of {"head_dim": "80"}
};

TEST(FamilyRowsTest, HeadDimComesFromWhereTheTableSays) {
  const Row rows[] = {
      {"no rule", {}, "absent", "null", "80", "\"80\""},
      {"Field", Field(96), "96", "error", "80", "error"},
      {"NullableField", NullableField(), "null", "null", "80", "error"},
      {"NullableField with default", NullableField(96), "96", "null", "80", "error"},
      {"FieldOrDerived", FieldOrDerived(), "64", "64", "80", "error"},
      {"FieldOrDerived with default", FieldOrDerived(96), "96", "64", "80", "error"},
      {"Derived", Derived(), "64", "null", "80", "\"80\""},
      {"Derived, field ignored", Derived(kIgnoredIntOrNull), "64", "64", "64", "error"},
      {"RopeHeadDim", RopeHeadDim(32), "32", "null", "80", "\"80\""},
      {"RopeHeadDim, int ignored", RopeHeadDim(32, kIgnoredInt), "32", "error", "32", "error"},
      {"RopeHeadDim, int or null ignored", RopeHeadDim(32, kIgnoredIntOrNull), "32", "32", "32",
       "error"}};
  for (const Row& row : rows) {
    EXPECT_EQ(HeadDim(row.rule, "{}"), row.without) << row.name;
    EXPECT_EQ(HeadDim(row.rule, R"({"head_dim":null})"), row.with_null) << row.name;
    EXPECT_EQ(HeadDim(row.rule, R"({"head_dim":80})"), row.with_int) << row.name;
    EXPECT_EQ(HeadDim(row.rule, R"({"head_dim":"80"})"), row.with_text) << row.name;
  }
}

TEST(FamilyRowsTest, RopeHeadDimReadsItsField) {
  EXPECT_EQ(HeadDim(RopeHeadDim(32), R"({"qk_rope_head_dim":48})"), "48");
  EXPECT_EQ(HeadDim(RopeHeadDim(32), R"({"qk_rope_head_dim":"48"})"), "error");
}

}  // namespace
}  // namespace rope
