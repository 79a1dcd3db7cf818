// ropectl diff, and --dialect of freqs and table: exit codes and the JSON that scripts rely on.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidjson/document.h"
#include "tests/testing/subprocess.h"

namespace rope {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::ProgramResult;
using testing::RunProgram;

// SGLang does not read attention_factor.
constexpr char kYarn[] = R"({"model_type": "llama", "hidden_size": 4096, "num_attention_heads": 32,
    "max_position_embeddings": 131072, "rope_theta": 1000000.0,
    "rope_scaling": {"rope_type": "yarn", "factor": 4.0, "attention_factor": 0.75,
                     "original_max_position_embeddings": 32768}})";
// transformers does not know the type.
constexpr char kNtk[] = R"({"model_type": "llama", "hidden_size": 4096, "num_attention_heads": 32,
    "max_position_embeddings": 2048, "rope_theta": 10000.0,
    "rope_scaling": {"rope_type": "ntk", "factor": 4.0}})";

rapidjson::Document Parse(const std::string& text) {
  rapidjson::Document document;
  document.Parse(text.c_str());
  EXPECT_FALSE(document.HasParseError()) << text;
  return document;
}

std::vector<std::string> Keys(const rapidjson::Value& object) {
  std::vector<std::string> keys;
  for (const auto& member : object.GetObject()) keys.push_back(member.name.GetString());
  return keys;
}

TEST(RopectlDiffTest, SaysWhichKeyMakesADifference) {
  const ProgramResult result = RunProgram({"ropectl", "diff", "--config", "-", "--json"}, kYarn);
  EXPECT_EQ(result.exit_code, 1) << result.err;
  const auto json = Parse(result.out);
  EXPECT_THAT(Keys(json), ElementsAre("compared_with", "dialects"));
  ASSERT_EQ(json["dialects"].Size(), 2U);
  const auto& vllm = json["dialects"][0];
  EXPECT_THAT(Keys(vllm), ElementsAre("name", "version", "parts", "guess", "layers"));
  EXPECT_FALSE(vllm["parts"].GetBool());
  const auto& layer = json["dialects"][1]["layers"][0];
  EXPECT_THAT(Keys(layer), ElementsAre("layer_type", "outcome", "refusal", "engine_class", "keys",
                                       "plans", "notes"));
  EXPECT_STREQ(layer["outcome"].GetString(), "different");
  EXPECT_STREQ(layer["keys"][0].GetString(), "rope_scaling.attention_factor");
  EXPECT_EQ(layer["plans"][0]["attention_factor"].GetDouble(), 1.138629436111989);
  EXPECT_EQ(layer["plans"][0]["transformers_attention_factor"].GetDouble(), 0.75);
}

TEST(RopectlDiffTest, EndsWithZeroWhereNothingParts) {
  const ProgramResult same =
      RunProgram({"ropectl", "diff", "--config", "-", "--dialects", "vllm"}, kYarn);
  EXPECT_EQ(same.exit_code, 0) << same.out;
  EXPECT_THAT(same.out, HasSubstr("same"));
  const ProgramResult preset = RunProgram({"ropectl", "diff", "--config", "preset:llama-3.1-8b"});
  EXPECT_EQ(preset.exit_code, 0) << preset.out;
}

TEST(RopectlDiffTest, TellsMistakesFromDifferences) {
  EXPECT_EQ(RunProgram({"ropectl", "diff", "--config", "-", "--dialects", "tgi"}, kYarn).exit_code,
            2);
  EXPECT_EQ(RunProgram({"ropectl", "diff", "--config", "-"}, "{").exit_code, 2);
  const ProgramResult ntk = RunProgram({"ropectl", "diff", "--config", "-"}, kNtk);
  EXPECT_EQ(ntk.exit_code, 1);
  EXPECT_THAT(ntk.out, HasSubstr("only the engine"));
  EXPECT_THAT(ntk.out, HasSubstr("both refuse"));
}

TEST(RopectlDiffTest, FreqsAndTableTakeADialect) {
  testing::RunningServer server;
  const auto run = [&](std::vector<std::string> arguments, const std::string& config) {
    arguments.insert(arguments.begin(), "ropectl");
    arguments.insert(arguments.end(), {"--config", "-", "--json", "--server", server.address()});
    return RunProgram(arguments, config);
  };
  const ProgramResult freqs = run({"freqs", "--dialect", "vllm"}, kNtk);
  ASSERT_EQ(freqs.exit_code, 0) << freqs.out;
  const auto json = Parse(freqs.out);
  EXPECT_THAT(Keys(json),
              ElementsAre("layer_type", "rope_type", "rope_theta", "head_dim", "rotary_dim",
                          "seq_len", "numeric_profile", "attention_factor", "attention_factor_bits",
                          "config_id", "transformers_version", "family", "text_model_path",
                          "warnings", "assumed", "preset_unverified", "dialect", "inv_freq_given",
                          "lane_scale_given", "attention_scaling", "inv_freq", "inv_freq_bits"));
  EXPECT_STREQ(json["rope_type"].GetString(), "ntk");
  EXPECT_STREQ(json["dialect"]["version"].GetString(), "0.33.0");
  EXPECT_STREQ(json["dialect"]["engine_class"].GetString(), "NTKScalingRotaryEmbedding");
  EXPECT_EQ(run({"freqs", "--dialect", "sglang"}, kNtk).exit_code, 1) << "the engine refuses it";
  EXPECT_EQ(run({"freqs", "--dialect", "tgi"}, kNtk).exit_code, 2);

  const ProgramResult table = run({"table", "--dialect", "vllm", "--positions", "0:10"}, kNtk);
  ASSERT_EQ(table.exit_code, 0) << table.out;
  EXPECT_STREQ(Parse(table.out)["dialect"]["name"].GetString(), "vllm");
}

TEST(RopectlDiffTest, SaysWhatNoTableContains) {
  const auto note_of = [](const std::string& more) {
    return RunProgram({"ropectl", "diff", "--config", "-", "--json"},
                      R"({"model_type": "llama4_text", "num_hidden_layers": 4, "head_dim": 64)" +
                          more + "}")
        .out;
  };
  EXPECT_THAT(note_of(R"(, "attn_temperature_tuning": true)"), HasSubstr("scales its queries"));
  EXPECT_THAT(note_of(R"(, "attn_temperature_tuning": false)"),
              ::testing::Not(HasSubstr("scales its queries")));
}

}  // namespace
}  // namespace rope
