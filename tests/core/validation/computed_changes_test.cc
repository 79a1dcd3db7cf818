// ComputedChanges sees every change of a result, and nothing else.
#include "core/validation/computed_changes.h"

#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/model_configs.h"

namespace rope {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Not;

std::string Edited(const std::string& text, const std::string& from, const std::string& to) {
  const std::string edited = absl::StrReplaceAll(text, {{from, to}});
  EXPECT_NE(edited, text);
  return edited;
}

auto Named(const std::string& name) { return Contains(Field(&ComputedChange::name, name)); }

TEST(ComputedChangesTest, AnotherSpellingIsNoChange) {
  const std::string text = testing::kLlama31;
  EXPECT_THAT(ComputedChanges(text, text), IsEmpty());
  EXPECT_THAT(ComputedChanges(text, Edited(text, "500000.0", "5e5")), IsEmpty());
  EXPECT_THAT(ComputedChanges(text, Edited(text, "rope_scaling", "rope_parameters")), IsEmpty());
}

TEST(ComputedChangesTest, AnotherBaseMovesAllFrequenciesButTheFirst) {
  const std::vector<ComputedChange> changes =
      ComputedChanges(testing::kSmallHead, Edited(testing::kSmallHead, "10000.0", "20000.0"));
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].name, "inv_freq[1]");
  // 10000^(-2/16) and 20000^(-2/16), by Python, in double.
  EXPECT_FLOAT_EQ(std::stof(changes[0].before), 0.316227766F);
  EXPECT_FLOAT_EQ(std::stof(changes[0].after), 0.289982140F);
}

// The frequencies of dynamic are those of default up to its length.
TEST(ComputedChangesTest, SeesWhatOnlyLongSequencesShow) {
  EXPECT_THAT(ComputedChanges(testing::kDynamic, Edited(testing::kDynamic, "4.0", "2.0")),
              Not(IsEmpty()));
}

TEST(ComputedChangesTest, NamesWidthsLengthsAndLayers) {
  const std::string gemma = testing::kGemma3;
  EXPECT_THAT(ComputedChanges(gemma, Edited(gemma, "\"head_dim\": 256", "\"head_dim\": 128")),
              Named("head_dim"));
  EXPECT_THAT(ComputedChanges(gemma, Edited(gemma, "32768", "16384")),
              Named("max_position_embeddings"));
  EXPECT_THAT(ComputedChanges(
                  gemma, Edited(gemma, "\"num_hidden_layers\": 26", "\"num_hidden_layers\": 27")),
              Named("layers"));
  const std::string smollm = R"({"model_type":"smollm3","num_hidden_layers":8,"rope_theta":5e6,)"
                             R"("no_rope_layer_interval":4})";
  EXPECT_THAT(ComputedChanges(smollm, Edited(smollm, "val\":4", "val\":2")),
              Named("layers_without_rope"));
}

// 10000 / 3000 is no double, so profile `exact` computes with another number than the factor that
// is the nearest one. float32 does not show it.
TEST(ComputedChangesTest, SeesARoundedFactor) {
  const std::string implied =
      R"({"model_type":"llama","hidden_size":512,"num_attention_heads":8,"rope_theta":1e4,)"
      R"("max_position_embeddings":10000,"rope_scaling":{"rope_type":"yarn","factor":null,)"
      R"("original_max_position_embeddings":3000}})";
  EXPECT_THAT(ComputedChanges(implied, Edited(implied, "null", "3.3333333333333335")),
              Not(IsEmpty()));
  const std::string whole = Edited(implied, "3000", "2500");
  EXPECT_THAT(ComputedChanges(whole, Edited(whole, "null", "4.0")), IsEmpty());
}

TEST(ComputedChangesTest, ComparesNothingIfOneOfTheTwoIsRefused) {
  const std::string text = testing::kSmallHead;
  EXPECT_THAT(ComputedChanges(text, Edited(text, "10000.0", "-1")), IsEmpty());
  EXPECT_THAT(ComputedChanges("{", text), IsEmpty());
}

}  // namespace
}  // namespace rope
