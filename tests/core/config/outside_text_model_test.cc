// Rope parameters around the text model of a composite configuration.
#include "core/config/outside_text_model.h"

#include <string>

#include "core/config/model_config.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

// The first finding about a parameter outside: "CODE PATH FIX". "" if there is none.
std::string Outside(const std::string& json) {
  for (const Finding& finding : ReadModelConfig(json).findings) {
    if (finding.code == "ROPE-E022" || finding.code == "ROPE-W133") {
      return finding.code + " " + finding.path + " " + finding.fix;
    }
  }
  return "";
}

#define TEXT R"("text_config":{"hidden_size":256,"num_attention_heads":4,"num_hidden_layers":2)"

// transformers 5.23: 55 of 55 composites fail to load with such a member.
TEST(OutsideTextModelTest, TypesThatNeedTheOriginalLengthDoNotLoad) {
  for (const char* type : {"yarn", "llama3", "longrope"}) {
    const std::string scaling = std::string(R"({"rope_type":")") + type + R"(","factor":2.0})";
    EXPECT_EQ(Outside(R"({"model_type":"llava","rope_scaling":)" + scaling + "," TEXT "}}"),
              R"(ROPE-E022 rope_scaling {"rope_scaling":null,"text_config":{"rope_scaling":)" +
                  scaling + "}}");
  }
}

TEST(OutsideTextModelTest, OthersHaveNoEffect) {
  EXPECT_EQ(
      Outside(R"({"model_type":"llava","rope_scaling":{"type":"linear","factor":2.0},)" TEXT "}}"),
      R"(ROPE-W133 rope_scaling {"rope_scaling":null,)"
      R"("text_config":{"rope_scaling":{"type":"linear","factor":2.0}}})");
  EXPECT_EQ(Outside(R"({"model_type":"llava","rope_theta":5e5,)" TEXT "}}"),
            R"(ROPE-W133 rope_theta {"rope_theta":null,"text_config":{"rope_theta":500000.0}})");
}

TEST(OutsideTextModelTest, ThereIsNoFixIfTheTextModelSaysSomethingElse) {
  EXPECT_EQ(Outside(R"({"model_type":"llava","rope_theta":5e5,)" TEXT R"(,"rope_theta":1e4}})"),
            "ROPE-W133 rope_theta ");
}

TEST(OutsideTextModelTest, TheSameValueTwiceIsNothing) {
  EXPECT_EQ(Outside(R"({"model_type":"llava","rope_theta":1e4,)" TEXT R"(,"rope_theta":1e4}})"),
            "");
  EXPECT_EQ(Outside(R"({"model_type":"llava","rope_scaling":null,)" TEXT "}}"), "");
}

// It loads if the outer configuration has a length.
TEST(OutsideTextModelTest, AnOuterLengthLetsItLoad) {
  EXPECT_EQ(Outside(R"({"model_type":"llava","max_position_embeddings":4096,
                        "rope_scaling":{"rope_type":"yarn","factor":2.0},)" TEXT "}}")
                .substr(0, 9),
            "ROPE-W133");
}

TEST(OutsideTextModelTest, EveryLevelCounts) {
  EXPECT_EQ(Outside(R"({"thinker_config":{"rope_theta":5e5,)" TEXT
                    R"(,"model_type":"qwen2","rope_theta":1e4}}})"),
            "ROPE-W133 thinker_config.rope_theta ");
}

}  // namespace
}  // namespace rope
