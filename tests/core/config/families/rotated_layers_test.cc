#include "core/config/families/rotated_layers.h"

#include <string>
#include <vector>

#include "tests/testing/loading_fixture.h"

namespace rope {
namespace {

using Mark = void (*)(const LoadingState& state, const std::vector<std::string>& layer_types,
                      std::vector<bool>* rotated);

class RotatedLayersTest : public testing::LoadingTest {
 protected:
  // One letter per layer: r if it rotates. `layers` layers; the types are s (sliding) or f (full).
  std::string Marked(Mark mark, const std::string& types, const std::string& text) {
    static constexpr Family kFamily = {.model_type = "test"};
    LoadingState& state = Start(kFamily, text);
    state.KwargsToAttributes();
    std::vector<std::string> layer_types;
    for (const char type : types) {
      layer_types.emplace_back(type == 's' ? "sliding_attention" : "full_attention");
    }
    std::vector<bool> rotated(4, true);
    mark(state, layer_types, &rotated);
    std::string letters;
    for (const bool rotates : rotated) letters += rotates ? 'r' : '-';
    return letters;
  }
};

TEST_F(RotatedLayersTest, OfTheList) {
  EXPECT_EQ(Marked(MarkListed, "ffff", R"({"no_rope_layers":[1,0,0,1]})"), "r--r");
}

// modeling_falcon.py rotates "if alibi is None".
TEST_F(RotatedLayersTest, WithoutAlibi) {
  EXPECT_EQ(Marked(MarkUnlessAlibi, "ffff", "{}"), "rrrr");
  EXPECT_EQ(Marked(MarkUnlessAlibi, "ffff", R"({"alibi":false})"), "rrrr");
  EXPECT_EQ(Marked(MarkUnlessAlibi, "ffff", R"({"alibi":true})"), "----");
}

TEST_F(RotatedLayersTest, OfTheWindow) {
  EXPECT_EQ(Marked(MarkSliding, "sfsf", "{}"), "r-r-");
  EXPECT_EQ(Marked(MarkSliding, "sf", "{}"), "r---") << "layers without a type do not slide";
  EXPECT_EQ(Marked(MarkSlidingOrNone, "sfsf", R"({"sliding_window":4096})"), "r-r-");
  EXPECT_EQ(Marked(MarkSlidingOrNone, "sfsf", R"({"sliding_window":null})"), "----");
  EXPECT_EQ(Marked(MarkSlidingOrAll, "sfsf", "{}"), "r-r-");
  EXPECT_EQ(Marked(MarkSlidingOrAll, "sfsf", R"({"sliding_window":null})"), "rrrr");
}

TEST_F(RotatedLayersTest, OfTheIndicesOfAttention) {
  EXPECT_EQ(Marked(MarkAttention, "ffff", R"({"attn_layer_indices":[1,3]})"), "-r-r");
  EXPECT_EQ(Marked(MarkAttention, "ffff", R"({"attn_layer_indices":[-1,9,"0",2]})"), "--r-");
  EXPECT_EQ(Marked(MarkAttention, "ffff", "{}"), "----");
}

}  // namespace
}  // namespace rope
