#include "core/config/judge/quantities/two_values.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/config/model_config.h"
#include "gmock/gmock.h"

namespace rope {
namespace {

using ::testing::HasSubstr;

constexpr char kShape[] =
    R"("hidden_size":512,"num_attention_heads":4,"max_position_embeddings":8192)";

// The findings that this file is about, "CODE path".
std::vector<std::string> Said(const std::string& document) {
  std::vector<std::string> said;
  for (const Finding& finding : ReadModelConfig(document).findings) {
    for (const char* code : {"ROPE-W130", "ROPE-W131", "ROPE-W115", "ROPE-W121"}) {
      if (finding.code == code) said.push_back(finding.code + " " + finding.path);
    }
  }
  return said;
}

struct Case {
  const char* model_type;
  const char* members;
  std::vector<std::string> said;
};

void ExpectSaid(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    EXPECT_EQ(Said(absl::StrCat(R"({"model_type":")", c.model_type, R"(",)", kShape, ",", c.members,
                                "}")),
              c.said)
        << c.model_type << " " << c.members;
  }
}

TEST(TwoValuesTest, TheLoserOfTwoPlacesIsNamedUnlessBothSayTheSame) {
  ExpectSaid({
      {"llama",
       R"("rope_theta":1e4,"rope_parameters":{"rope_theta":5e5})",
       {"ROPE-W130 rope_theta"}},
      {"llama", R"("rope_theta":500000,"rope_parameters":{"rope_theta":5e5})", {}},
      {"llama", R"("rope_theta":5e5,"rope_base":1e6)", {"ROPE-W130 rope_base"}},
      {"llama", R"("rope_theta":5e5,"rope_base":500000)", {}},
      {"glm4",
       R"("rope_theta":1e4,"partial_rotary_factor":0.25,
                  "rope_parameters":{"rope_type":"default","partial_rotary_factor":0.5})",
       {"ROPE-W130 partial_rotary_factor"}},
      {"glm4", R"("rope_theta":1e4,"partial_rotary_factor":0.5,"rotary_dim":64)", {}},
      {"glm4",
       R"("rope_theta":1e4,"partial_rotary_factor":0.5,"rotary_dim":32)",
       {"ROPE-W130 rotary_dim"}},
      {"minimax_m2",
       R"("head_dim":128,"rotary_dim":64,
                        "rope_parameters":{"rope_theta":5e6,"partial_rotary_factor":1.0})",
       {"ROPE-W130 rotary_dim"}},
      {"minimax_m2",
       R"("head_dim":128,"rotary_dim":64,
                        "rope_parameters":{"rope_theta":5e6,"partial_rotary_factor":0.5})",
       {}},
      {"gpt_neox", R"("rotary_emb_base":10000,"rope_theta":500000)", {"ROPE-W130 rope_theta"}},
      {"llama",
       R"("rope_theta":1e4,"rope_scaling_factor":4.0,
                   "rope_scaling":{"rope_type":"linear","factor":2.0})",
       {"ROPE-W130 rope_scaling_factor"}},
      {"llama",
       R"("rope_theta":1e4,"rope_scaling_factor":2.0,"rope_scaling_type":"linear",
                   "rope_scaling":{"rope_type":"linear","factor":2.0})",
       {}},
      {"llama",
       R"("rope_theta":1e4,"original_context_length":2048,
                   "rope_scaling":{"rope_type":"yarn","factor":2.0,
                                   "original_max_position_embeddings":4096})",
       {"ROPE-W130 original_context_length"}},
  });
}

TEST(TwoValuesTest, ANameThatTheFamilyDoesNotReadIsAWarningUnlessItSaysTheSame) {
  ExpectSaid({
      {"llama", R"("rope_theta":1e4,"rotary_dim":64)", {"ROPE-W131 rotary_dim"}},
      {"llama", R"("rope_theta":1e4,"rotary_dim":128)", {}},
      {"llama", R"("rope_theta":1e4,"rotary_pct":0.25)", {"ROPE-W131 rotary_pct"}},
      {"llama", R"("rope_theta":1e4,"rotary_pct":1.0)", {}},
      {"llama", R"("rotary_emb_base":500000)", {"ROPE-W131 rotary_emb_base"}},
      {"llama", R"("rope_theta":20000.0,"rope_ratio":2)", {}},
      {"llama", R"("rope_theta":1e4,"rope_ratio":50)", {"ROPE-W130 rope_ratio"}},
      {"stablelm", R"("rope_theta":1e4,"rope_pct":0.5)", {"ROPE-W131 rope_pct"}},
      {"llama",
       R"("rope_theta":1e4,"rope_scaling_type":"linear","rope_scaling_factor":4.0)",
       {"ROPE-W131 rope_scaling_type", "ROPE-W131 rope_scaling_factor"}},
      {"llama", R"("rope_theta":1e4,"rope_scaling_type":null,"rope_scaling_factor":1.0)", {}},
      {"llama", R"("attn_config":{"rope_theta":5e5})", {"ROPE-W131 attn_config.rope_theta"}},
      {"mimo_v2_flash", R"("head_dim":192,"swa_rope_theta":20000)", {"ROPE-W131 swa_rope_theta"}},
      {"mimo_v2_flash", R"("head_dim":192,"swa_rope_theta":10000)", {}},
      {"deepseek_v3", R"("rope_theta":1e4,"qk_rope_head_dim":64,"head_dim":64)", {}},
  });
}

TEST(TwoValuesTest, AnotherNameInsideTheSetIsFixedIfItsMeaningIsCertain) {
  const struct {
    const char* set;
    const char* code;
    const char* fix;
  } kCases[] = {
      {R"({"rope_type":"linear","scaling_factor":2.0})", "ROPE-W115",
       R"({"rope_scaling":{"scaling_factor":null,"factor":2.0}})"},
      {R"({"rope_type":"linear","scale":0.25})", "ROPE-W115", ""},
      {R"({"rope_type":"linear","factor":2.0,"rotary_dim":64})", "ROPE-W115", ""},
      // 1 / (0.1 ln 4 + 1), so that the product of vLLM and SGLang is 1.
      {R"({"rope_type":"yarn","factor":4.0,"original_max_position_embeddings":2048,
           "attn_factor":0.8782488562869419})",
       "ROPE-W115", R"({"rope_scaling":{"attn_factor":null,"attention_factor":1.0}})"},
      {R"({"rope_type":"linear","factor":2.0,"attn_factor":2.0})", "ROPE-W115", ""},
  };
  for (const auto& c : kCases) {
    bool found = false;
    for (const Finding& finding :
         ReadModelConfig(absl::StrCat(R"({"model_type":"llama","rope_theta":1e4,)", kShape,
                                      R"(,"rope_scaling":)", c.set, "}"))
             .findings) {
      if (finding.code != c.code) continue;
      found = true;
      EXPECT_EQ(finding.fix, c.fix) << c.set;
    }
    EXPECT_TRUE(found) << c.set;
  }
  // A factor of 1 multiplies nothing.
  ExpectSaid({{"llama",
               R"("rope_theta":1e4,"rope_scaling":{"rope_type":"yarn","factor":4.0,
                 "original_max_position_embeddings":2048,"attn_factor":1.0})",
               {}}});
}

TEST(TwoValuesTest, ReplacedParametersAreReportedIfTheyDiffer) {
  const std::string scaling =
      R"("rope_scaling":{"rope_type":"yarn","factor":2.0,
         "original_max_position_embeddings":4096})";
  ExpectSaid({
      {"llama",
       R"("rope_theta":1e4,"rope_scaling":{"type":"linear","factor":2.0},
                   "rope_parameters":{"rope_type":"linear","factor":2,"rope_theta":10000})",
       {}},
      {"llama",
       R"("rope_theta":1e4,"rope_scaling":{"type":"linear","factor":2.0},
                   "rope_parameters":{"rope_type":"linear","factor":4,"rope_theta":10000})",
       {"ROPE-W121 rope_parameters"}},
  });
  // The base stands in rope_parameters alone, and goes to the place that is read.
  const std::string lost =
      absl::StrCat(R"({"model_type":"qwen3",)", kShape, ",", scaling,
                   R"(,"rope_parameters":{"rope_type":"default","rope_theta":1000000}})");
  for (const Finding& finding : ReadModelConfig(lost).findings) {
    if (finding.code != "ROPE-W121") continue;
    EXPECT_THAT(finding.message, HasSubstr("rope_theta 1000000 here, 10000.0 used"));
    EXPECT_EQ(finding.fix, R"({"rope_scaling":{"rope_theta":1000000},"rope_parameters":null})");
  }
  EXPECT_EQ(Said(lost), std::vector<std::string>{"ROPE-W121 rope_parameters"});
}

}  // namespace
}  // namespace rope
