#include "core/config/judge/provenance.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/config/model_config.h"
#include "gmock/gmock.h"

namespace rope {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

// The effective values of the only parameter set: "factor=2.0 given at rope_scaling.factor".
std::vector<std::string> Explained(const std::string& text) {
  const ModelConfigReport report = ReadModelConfig(text);
  EXPECT_EQ(report.layer_types.size(), 1U) << text;
  std::vector<std::string> lines;
  for (const EffectiveValue& value : report.layer_types.front().effective_values) {
    lines.push_back(absl::StrCat(value.name, "=", value.value, " ", value.source,
                                 value.path.empty() ? "" : " at ", value.path));
  }
  return lines;
}

TEST(ProvenanceTest, EveryValueSaysWhereItComesFrom) {
  EXPECT_THAT(Explained(R"({"model_type":"llama","hidden_size":256,"num_attention_heads":4,
                    "max_position_embeddings":4096,"rope_theta":5e5,
                    "rope_scaling":{"type":"linear","factor":2.0}})"),
              ElementsAre("factor=2.0 given at rope_scaling.factor",
                          "rope_theta=500000.0 given at rope_theta",
                          "rope_type=\"linear\" from type at rope_scaling.type",
                          "head_dim=64 hidden_size / num_attention_heads", "rotary_dim=64 head_dim",
                          "max_position_embeddings=4096 given at max_position_embeddings"));
}

TEST(ProvenanceTest, DefaultsAreTheFamilysOrTheRopeTypes) {
  const std::vector<std::string> lines =
      Explained(R"({"model_type":"qwen3","max_position_embeddings":4096,"rope_theta":1e6,
                    "rope_scaling":{"rope_type":"yarn","factor":2.0,"beta_fast":16,
                                    "original_max_position_embeddings":2048}})");
  EXPECT_THAT(lines,
              Contains("head_dim=128 default of model_type \"qwen3\", not in the configuration"));
  EXPECT_THAT(lines, Contains("beta_slow=1.0 default of rope_type \"yarn\""));
  EXPECT_THAT(lines, Contains("truncate=true default of rope_type \"yarn\""));
  EXPECT_THAT(lines, Contains("beta_fast=16 given at rope_scaling.beta_fast"));
}

TEST(ProvenanceTest, APartOfTheHeadIsAShare) {
  EXPECT_THAT(Explained(R"({"model_type":"phi","hidden_size":256,"num_attention_heads":4,
                            "max_position_embeddings":2048,"rope_theta":1e4,
                            "partial_rotary_factor":0.25})"),
              Contains("rotary_dim=16 int(head_dim * partial_rotary_factor)"));
}

TEST(ProvenanceTest, ParametersAsJson) {
  const std::vector<double> list = {1.0, 2.5};
  EXPECT_EQ(WriteJson(JsonOf(std::monostate())), "null");
  EXPECT_EQ(WriteJson(JsonOf(true)), "true");
  EXPECT_EQ(WriteJson(JsonOf(int64_t{64})), "64");
  EXPECT_EQ(WriteJson(JsonOf(1e4)), "10000.0");
  EXPECT_EQ(WriteJson(JsonOf(absl::string_view("yarn"))), "\"yarn\"");
  EXPECT_EQ(WriteJson(JsonOf(absl::Span<const double>(list))), "[1.0,2.5]");
}

}  // namespace
}  // namespace rope
