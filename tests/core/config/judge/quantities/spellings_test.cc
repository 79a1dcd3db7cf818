#include "core/config/judge/quantities/spellings.h"

#include <string>

#include "core/config/judge/quantities/given_values.h"
#include "core/config/judge/quantities/other_type_names.h"
#include "core/json/json_reader.h"
#include "core/rope_types/rope_types.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

TEST(SpellingsTest, TheNameOfAQuantityIsOneOfItsSpellings) {
  for (const char* key : {"rope_theta", "partial_rotary_factor", "head_dim", "factor", "rope_type",
                          "original_max_position_embeddings", "max_position_embeddings",
                          "attention_factor", "llama_4_scaling_beta"}) {
    const Spelling* spelling = FindSpelling(key);
    ASSERT_NE(spelling, nullptr) << key;
    EXPECT_EQ(NameOf(spelling->quantity), key);
    EXPECT_TRUE(HasUnitOfName(spelling->quantity)) << key;
  }
  EXPECT_EQ(FindSpelling("hidden_size"), nullptr);
  EXPECT_EQ(NameOf(FindSpelling("rotary_dim")->quantity), "partial_rotary_factor");
  EXPECT_FALSE(HasUnitOfName(FindSpelling("rotary_dim")->quantity));
}

TEST(GivenValuesTest, AreFoundAtTheTopInContainersAndInNestedSets) {
  const JsonResult document = ReadJson(R"({"hidden_size":8,"rope_theta":1,"factor":2,
      "rope_parameters":{"full_attention":{"rope_theta":3,"swa_rope_theta":4},"factor":5},
      "attn_config":{"rope_theta":6},"vision_config":{"rope_theta":7},"rotary_dim":null})");
  std::string found;
  for (const GivenValue& given : GivenValues(document->root)) {
    found += std::to_string(given.value->as_int()) + std::string(given.container_key) + "." +
             std::string(given.set_name) + " ";
  }
  // factor means something else at the top, and swa_rope_theta in a set; null gives nothing.
  EXPECT_EQ(found, "1. 5rope_parameters. 3rope_parameters.full_attention 6attn_config. ");
}

TEST(GivenValuesTest, TheOnlyThetaIsOneNumberAtAnyNumberOfPlaces) {
  const auto only = [](const std::string& text, absl::string_view layer_type, bool or_for_all) {
    const JsonResult document = ReadJson(text);
    const JsonValue* theta = OnlyTheta(document->root, layer_type, or_for_all);
    return theta != nullptr ? theta->as_int() : -1;
  };
  EXPECT_EQ(only(R"({"rope_theta":5,"rope_scaling":{"base":5}})", "", true), 5);
  EXPECT_EQ(only(R"({"rope_theta":5,"rope_scaling":{"base":6}})", "", true), -1);
  EXPECT_EQ(only(R"({"rope_theta":5,"swa_rope_theta":6})", "sliding_attention", false), 6);
  EXPECT_EQ(only(R"({"rope_theta":5})", "sliding_attention", false), -1);
  EXPECT_EQ(only(R"({"rope_theta":5})", "sliding_attention", true), 5);
  EXPECT_EQ(only(R"({"rope_theta":-5,"theta":true,"base":"7"})", "", true), -1);
}

TEST(OtherTypeNamesTest, StandForTypesThatExist) {
  for (const char* name : {"su", "ntk", "Dynamic-NTK", "llama-3.1", "deepseek_yarn", " PI "}) {
    const OtherTypeName* row = FindOtherTypeName(name);
    ASSERT_NE(row, nullptr) << name;
    EXPECT_FALSE(row->meaning.empty());
    EXPECT_TRUE(row->same_as.empty() || FindRopeType(row->same_as) != nullptr) << name;
    EXPECT_EQ(FindRopeType(name), nullptr) << "a type needs no other name";
  }
  EXPECT_EQ(FindOtherTypeName("yarn"), nullptr);
}

}  // namespace
}  // namespace rope
