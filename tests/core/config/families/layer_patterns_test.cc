#include "core/config/families/layer_patterns.h"

#include <string>

#include "core/json/json_reader.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

using Fill = void (*)(LoadingState* state);

// The layer types that `fill` makes for `document`, by the first letter of each.
std::string Pattern(Fill fill, const std::string& document) {
  const Family family = {
      .model_type = "test", .shape = {256, 4, 8192, 8}, .fill_layer_types = fill};
  const JsonValue json = JsonLiteral(document);
  FindingSink findings(&json);
  LoadingState state(family, json, &findings);
  fill(&state);
  if (findings.has_errors()) return "error";
  const JsonValue& types = *state.Attribute("layer_types");
  if (types.is_null()) return "null";
  std::string letters;
  for (const JsonValue& type : types.as_array()) letters += type.as_string()[0];
  return letters;
}

TEST(LayerPatternsTest, PatternsWithoutMembersOfTheDocument) {
  EXPECT_EQ(Pattern(LeaveLayerTypesNull, "{}"), "null");
  EXPECT_EQ(Pattern(FillAllFull, "{}"), "ffffffff");
  EXPECT_EQ(Pattern(FillAllIndexed, "{}"), "iiiiiiii");
  EXPECT_EQ(Pattern(FillEverySecondFull, "{}"), "sfsfsfsf");
  EXPECT_EQ(Pattern(FillEveryFourthFull, "{}"), "sssfsssf");
  EXPECT_EQ(Pattern(FillEveryFifthFull, "{}"), "ssssfsss");
  EXPECT_EQ(Pattern(FillEverySixthFull, "{}"), "sssssfss");
  EXPECT_EQ(Pattern(FillCwm, "{}"), "fsssfsss");
  EXPECT_EQ(Pattern(FillMimoV2Flash, "{}"), "fssssfss");
  EXPECT_EQ(Pattern(FillMiniMax, "{}"), "flflflfl");
}

TEST(LayerPatternsTest, AMemberOfTheDocumentHoldsTheNumber) {
  EXPECT_EQ(Pattern(FillGemma3, "{}"), "sssssfss");
  EXPECT_EQ(Pattern(FillGemma3, R"({"sliding_window_pattern":3})"), "ssfssfss");
  EXPECT_EQ(Pattern(FillGemma3, R"({"sliding_window_pattern":0})"), "error");
  EXPECT_EQ(Pattern(FillCohere2, "{}"), "sssfsssf");
  EXPECT_EQ(Pattern(FillAfmoe, R"({"global_attn_every_n_layers":2})"), "sfsfsfsf");
  EXPECT_EQ(Pattern(FillModernBert, "{}"), "fssfssfs");
  EXPECT_EQ(Pattern(FillQwen3Next, R"({"full_attention_interval":3})"), "llfllfll");
}

TEST(LayerPatternsTest, AWindowThatIsNull) {
  EXPECT_EQ(Pattern(FillMinistral, "{}"), "ssssssss");
  EXPECT_EQ(Pattern(FillMinistral, R"({"sliding_window":null})"), "ffffffff");
  EXPECT_EQ(Pattern(FillExaone4, "{}"), "sssfsssf");
  EXPECT_EQ(Pattern(FillExaone4, R"({"sliding_window":null})"), "error");
}

TEST(LayerPatternsTest, AWindowOnRequest) {
  EXPECT_EQ(Pattern(FillSlidingFrom28, R"({"max_window_layers":5})"), "ffffffff");
  EXPECT_EQ(Pattern(FillSlidingFrom28, R"({"use_sliding_window":true,"max_window_layers":5})"),
            "fffffsss");
  EXPECT_EQ(Pattern(FillSlidingFrom28, R"({"use_sliding_window":null})"), "error");
  EXPECT_EQ(Pattern(FillQwen2Vl, R"({"use_sliding_window":null})"), "ffffffff");
  EXPECT_EQ(Pattern(FillQwen2Moe, R"({"use_sliding_window":true,"max_window_layers":5})"),
            "sfsfsfff");
}

TEST(LayerPatternsTest, LayersWithAndWithoutRope) {
  EXPECT_EQ(Pattern(FillLlama4, "{}"), "cccfcccf");
  EXPECT_EQ(Pattern(FillLlama4, R"({"no_rope_layer_interval":3})"), "ccfccfcc");
  EXPECT_EQ(Pattern(FillLlama4, R"({"no_rope_layer_interval":0})"), "error");
  EXPECT_EQ(Pattern(FillLlama4, R"({"no_rope_layers":[1,0,1,1,1,1,1,0]})"), "cfcccccf");
  EXPECT_EQ(Pattern(FillLlama4, R"({"no_rope_layers":[]})"), "cccfcccf");
  EXPECT_EQ(Pattern(FillLlama4, R"({"no_rope_layers":[1,0,1]})"), "error") << "too short";
  EXPECT_EQ(Pattern(FillLlama4, R"({"no_rope_layers":"all"})"), "error");
  EXPECT_EQ(Pattern(FillLlama4, R"({"attention_chunk_size":null})"), "ffffffff");
  EXPECT_EQ(Pattern(FillSmolLm3, R"({"use_sliding_window":true,"sliding_window":64})"), "fffsfffs");
  EXPECT_EQ(Pattern(FillSmolLm3, R"({"no_rope_layers":[]})"), "error") << "not the same as null";
  EXPECT_EQ(Pattern(FillSmolLm3, R"({"no_rope_layers":null})"), "ffffffff");
}

TEST(LayerPatternsTest, AListInTheDocumentIsLeftUnchanged) {
  EXPECT_EQ(Pattern(FillAllFull, R"({"layer_types":["sliding_attention"]})"), "s");
}

TEST(LayerPatternsTest, TooManyLayersGiveAFindingAndNoList) {
  EXPECT_EQ(Pattern(FillAllFull, R"({"num_hidden_layers":10001})"), "error");
}

}  // namespace
}  // namespace rope
