#include "core/config/judge/quantities/theta.h"

#include <string>

#include "core/config/model_config.h"
#include "gmock/gmock.h"
#include "tests/testing/loading_fixture.h"

namespace rope {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Family kFamily = {.model_type = "test"};

class ThetaTest : public testing::LoadingTest {
 protected:
  ParameterSetReader ReaderOf(const std::string& set) {
    LoadingState& state = Start(kFamily, R"({"rope_parameters":)" + set + "}");
    return {&state, &state.rope_parameters, "rope_parameters"};
  }
};

TEST_F(ThetaTest, IsReadOrReported) {
  RopeConfig config;
  CheckTheta(ReaderOf(R"({"rope_theta":5e5})"), "", &config);
  EXPECT_EQ(config.rope_theta, 5e5);
  EXPECT_THAT(Findings(), IsEmpty());
  CheckTheta(ReaderOf(R"({"rope_theta":1.0})"), "", &config);
  EXPECT_EQ(config.rope_theta, 1.0);
  EXPECT_THAT(Findings(), ElementsAre("ROPE-W122 rope_parameters.rope_theta"));
  CheckTheta(ReaderOf("{}"), "", &config);
  EXPECT_THAT(Findings(), ElementsAre("ROPE-E006 rope_parameters.rope_theta"));
}

// The finding about the base, and the fix, in whole documents.
TEST(ThetaOfDocumentsTest, ADefaultIsANoteOnlyIfNothingSpeaksAgainstIt) {
  const std::string shape = R"("hidden_size":256,"num_attention_heads":4,)";
  const std::string scaled = R"(,"rope_scaling":{"rope_type":"linear","factor":2.0}})";
  const struct {
    std::string document;
    const char* code;
    const char* fix;
  } kCases[] = {
      {R"({"model_type":"llama",)" + shape + R"("max_position_embeddings":8192})", "ROPE-N202",
       R"({"rope_theta":10000.0})"},
      // A scaling, and no base anywhere: the default is not written down.
      {R"({"model_type":"llama",)" + shape + R"("max_position_embeddings":8192)" + scaled,
       "ROPE-W132", ""},
      // Other rope keys than a scaling.
      {R"({"model_type":"stablelm",)" + shape +
           R"("max_position_embeddings":8192,"partial_rotary_factor":0.5})",
       "ROPE-W132", ""},
      // A long context with the base of short ones.
      {R"({"model_type":"qwen3",)" + shape + R"("max_position_embeddings":40960})", "ROPE-W132",
       ""},
      // This family has its own base.
      {R"({"model_type":"cohere",)" + shape + R"("max_position_embeddings":131072)" + scaled,
       "ROPE-N202", ""},
  };
  for (const auto& c : kCases) {
    bool found = false;
    for (const Finding& finding : ReadModelConfig(c.document).findings) {
      if (finding.path.find("rope_theta") == std::string::npos) continue;
      found = true;
      EXPECT_EQ(finding.code, c.code) << c.document;
      EXPECT_EQ(finding.fix, c.fix) << c.document;
    }
    EXPECT_TRUE(found) << c.document;
  }
}

TEST(ThetaOfDocumentsTest, ABaseOfNullIsReplacedByTheOneThatStandsElsewhere) {
  const std::string head = R"({"model_type":"llama","hidden_size":256,"num_attention_heads":4,
      "max_position_embeddings":8192,"rope_parameters":{"rope_type":"default","rope_theta":null})";
  const struct {
    const char* rest;
    const char* fix;
  } kCases[] = {
      {R"(,"rope_theta":5e5})", R"({"rope_parameters":{"rope_theta":500000.0}})"},
      {R"(,"rotary_emb_base":5e5})", R"({"rope_parameters":{"rope_theta":500000.0}})"},
      {R"(,"rope_theta":5e5,"rope_base":1e6})", ""},
      {R"(,"rope_theta":"big"})", ""},
      {"}", ""},
  };
  for (const auto& c : kCases) {
    const std::vector<Finding> findings = ReadModelConfig(head + c.rest).findings;
    ASSERT_FALSE(findings.empty());
    EXPECT_EQ(findings.front().code, "ROPE-E007");
    EXPECT_EQ(findings.front().path, "rope_parameters.rope_theta");
    EXPECT_EQ(findings.front().fix, c.fix) << c.rest;
  }
}

}  // namespace
}  // namespace rope
