// ropectl validate, explain and presets as a person and as a CI system use them.
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidjson/document.h"
#include "tests/testing/subprocess.h"

namespace rope {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::ProgramResult;
using testing::RunProgram;

// Line 6 has a number in quotes, line 9 a key that transformers does not read.
const std::string kBad =
    "{\n  \"model_type\": \"llama\",\n  \"hidden_size\": 4096,\n  \"num_attention_heads\": 32,\n"
    "  \"max_position_embeddings\": 8192,\n  \"rope_theta\": \"10000\",\n  \"rope_scaling\": {\n"
    "    \"rope_type\": \"yarn\", \"factor\": 2.0, \"original_max_position_embeddings\": 4096,\n"
    "    \"attn_factor\": 1.5\n  }\n}\n";

rapidjson::Document Parse(const std::string& text) {
  rapidjson::Document document;
  document.Parse(text.c_str());  // strict JSON
  EXPECT_FALSE(document.HasParseError()) << text;
  return document;
}

std::string Read(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

class RopectlValidateTest : public ::testing::Test {
 protected:
  RopectlValidateTest()
      : folder_(fs::temp_directory_path() / ("ropectl_validate_test." + std::to_string(getpid()))) {
    fs::create_directories(folder_ / "nested");
  }
  ~RopectlValidateTest() override { fs::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return (folder_ / name).string();
  }

  static ProgramResult Local(std::vector<std::string> arguments, const std::string& input = "") {
    arguments.insert(arguments.begin(), {"ropectl", "validate", "--local"});
    return RunProgram(arguments, input);
  }

  fs::path folder_;
};

TEST_F(RopectlValidateTest, SaysFirstWhetherItIsValidThenFindingsInTheFilesOrder) {
  const std::string file = Write("config.json", kBad);
  const ProgramResult result = Local({file});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.out.rfind(file + ": NOT valid (1 error, ", 0), 0U) << result.out;
  const size_t theta = result.out.find(":6:3: error: rope_theta: ");
  const size_t attn = result.out.find(":9:5: warning: rope_scaling.attn_factor: ");
  EXPECT_NE(theta, std::string::npos) << result.out;
  EXPECT_LT(theta, attn);
  EXPECT_THAT(result.out, HasSubstr("if ignored: "));
  EXPECT_THAT(result.out, HasSubstr(R"(fix (--fix writes it): {"rope_theta":10000.0})"));
  EXPECT_THAT(result.out, HasSubstr("transformers: Unrecognized keys in `rope_parameters`"));
  EXPECT_THAT(result.out, Not(HasSubstr("\033[")));
}

TEST_F(RopectlValidateTest, LocalAndServerSayTheSame) {
  const testing::RunningServer server;
  for (const std::string& text : {kBad, std::string(R"({"model_type":"gemma3_text"})")}) {
    for (const char* format : {"text", "json", "sarif"}) {
      const ProgramResult local = Local({"-", "--format", format}, text);
      const ProgramResult remote = RunProgram(
          {"ropectl", "validate", "--server", server.address(), "-", "--format", format}, text);
      EXPECT_EQ(local.out, remote.out);
      EXPECT_EQ(local.exit_code, remote.exit_code);
    }
  }
}

TEST_F(RopectlValidateTest, AValidOneIsExplained) {
  const ProgramResult result = Local({"preset:gemma-3-4b"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, HasSubstr("sliding_attention"));
  EXPECT_THAT(result.out, HasSubstr("from rope_local_base_freq"));
  const ProgramResult layers = Local({"-"}, R"({"model_type":"smollm3","num_hidden_layers":8})");
  EXPECT_THAT(layers.out, HasSubstr("(layers 0-2,4-6)"));
  EXPECT_THAT(layers.out, HasSubstr("no rotary embedding: layers 3,7"));
}

TEST_F(RopectlValidateTest, FixWritesWhatCanBeFixedAndValidatesAgain) {
  const std::string file = Write("config.json", kBad);
  const ProgramResult result = Local({"--fix", file});
  EXPECT_EQ(result.exit_code, 0) << result.out;
  EXPECT_THAT(result.out, HasSubstr("2 fixed"));
  const auto fixed = Parse(Read(file));
  EXPECT_TRUE(fixed["rope_theta"].IsDouble());
  EXPECT_FALSE(fixed["rope_scaling"].HasMember("attn_factor"));
  // vLLM and SGLang multiply yarn's own factor by attn_factor; attention_factor replaces it.
  EXPECT_NEAR(fixed["rope_scaling"]["attention_factor"].GetDouble(),
              1.5 * (0.1 * std::log(2.0) + 1.0), 1e-14);
  EXPECT_THAT(Read(file), HasSubstr("{\n  \"model_type\": \"llama\",\n"));
  const std::string once = Read(file);
  EXPECT_THAT(Local({"--fix", file}).out, Not(HasSubstr("fixed")));
  EXPECT_EQ(Read(file), once) << "nothing to fix, nothing written";
  EXPECT_EQ(Local({"--fix", "-"}, kBad).exit_code, 2);
}

// Hugging Face's cache consists of symbolic links.
TEST_F(RopectlValidateTest, FixFollowsLinksAndKeepsPermissions) {
  const std::string blob = Write("blob", kBad);
  fs::permissions(blob, fs::perms(0640));
  const fs::path link = folder_ / "config.json";
  fs::create_symlink("blob", link);
  EXPECT_EQ(Local({"--fix", link.string()}).exit_code, 0);
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_THAT(Read(blob), HasSubstr(R"("rope_theta": 10000.0)"));
  EXPECT_EQ(fs::status(blob).permissions(), fs::perms(0640));
  for (const auto& entry : fs::directory_iterator(folder_)) {
    EXPECT_THAT(entry.path().string(), Not(HasSubstr(".part"))) << "left behind";
  }
}

// The number 1.10, the escape, the duplicate, the tab and the missing newline stay.
TEST_F(RopectlValidateTest, FixKeepsTheBytesOfAllElse) {
  const std::string start =
      "{\"model_type\":\"llama\",\r\n\t\"x\" : 1.10, \"y\":\"\\u00e9\", \"y\":2,\r\n"
      "\"hidden_size\":4096,\"num_attention_heads\":32,\"rope_theta\":";
  const std::string file = Write("config.json", start + "\"5e5\"}");
  EXPECT_EQ(Local({"--fix", file}).exit_code, 0);
  EXPECT_EQ(Read(file), start + "500000.0}");
}

TEST_F(RopectlValidateTest, DryRunPrintsTheDifferenceAndWritesNothing) {
  const std::string file = Write("config.json", kBad);
  const ProgramResult result = Local({"--fix", "--dry-run", file});
  EXPECT_EQ(Read(file), kBad);
  EXPECT_THAT(result.out, HasSubstr("--- " + file + "\n+++ " + file + "\n@@ -3,"));
  EXPECT_THAT(result.out, HasSubstr("\n-  \"rope_theta\": \"10000\",\n"));
  EXPECT_THAT(result.out, HasSubstr("\n+  \"rope_theta\": 10000.0,\n"));
  EXPECT_THAT(result.out, HasSubstr("would be fixed"));
  const auto json = Parse(Local({"--fix", "--dry-run", "--json", file}).out);
  EXPECT_THAT(json["diff"].GetString(), HasSubstr("+  \"rope_theta\": 10000.0"));
  EXPECT_EQ(Read(file), kBad);
  EXPECT_EQ(result.exit_code, Local({"--fix", file}).exit_code) << "as if it had written";
  EXPECT_EQ(Local({"--dry-run", file}).exit_code, 2);
}

TEST_F(RopectlValidateTest, FixSaysInJsonWhatItDid) {
  const std::string file = Write("config.json", kBad);
  const auto json = Parse(Local({"--fix", "--json", file}).out);
  ASSERT_GE(json["fixed"].Size(), 1U);
  EXPECT_STREQ(json["fixed"][0]["path"].GetString(), "rope_theta");
  EXPECT_TRUE(json["fixed"][0]["fix"]["rope_theta"].IsDouble());
  EXPECT_TRUE(json["left"].IsArray());
  EXPECT_FALSE(Parse(Local({"--json", file}).out).HasMember("fixed"));
}

TEST_F(RopectlValidateTest, FixSaysWhatIsComputedOtherwise) {
  const std::string file =
      Write("config.json",
            R"({"model_type":"gemma3_text","rope_scaling":{"type":"linear","factor":8.0}})");
  EXPECT_THAT(Local({"--fix", file}).out,
              HasSubstr("rope_type of full_attention is now \"linear\"; it was "
                        "\"default\""));
}

TEST_F(RopectlValidateTest, AFileThatCannotBeReadDoesNotStopTheOthers) {
  const std::string good = Write("good.json", R"({"model_type":"llama","rope_theta":10000.0})");
  const ProgramResult result = Local({good, (folder_ / "missing.json").string(), good});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("cannot read"));
  EXPECT_THAT(result.out, HasSubstr("2 configurations: 2 valid"));
}

// A value that is only written differently is no change.
TEST_F(RopectlValidateTest, AnotherSpellingOfANumberIsNoChange) {
  const std::string file =
      Write("config.json",
            R"({"model_type":"llama","hidden_size":256,"num_attention_heads":4,"rope_theta":1e4,)"
            R"("max_position_embeddings":8192,"rope_scaling":{"rope_type":"yarn","factor":2.0,)"
            R"("original_max_position_embeddings":4096,"attention_factor":1}})");
  const ProgramResult result = Local({"--fix", "--dry-run", file});
  EXPECT_THAT(result.out, HasSubstr("ROPE-W103"));
  EXPECT_THAT(result.out, Not(HasSubstr("is now")));
  EXPECT_THAT(result.out, HasSubstr("\\ No newline at end of file"));
}

TEST_F(RopectlValidateTest, AFileThatCannotBeWrittenDoesNotStopTheOthers) {
  if (geteuid() == 0) return;  // root may write everywhere
  Write("nested/config.json", kBad);
  fs::permissions(folder_ / "nested", fs::perms(0555));
  const std::string good = Write("good.json", kBad);
  const ProgramResult result = Local({"--fix", (folder_ / "nested/config.json").string(), good});
  fs::permissions(folder_ / "nested", fs::perms(0755));
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.out, HasSubstr(good));
  EXPECT_NE(Read(good), kBad);
}

TEST_F(RopectlValidateTest, JsonNamesTheLayersWithoutRotaryEmbedding) {
  const auto json = Parse(Local({"--json", "-"}, R"({"model_type":"smollm3",
      "num_hidden_layers":9,"no_rope_layer_interval":3})")
                              .out);
  ASSERT_EQ(json["layers_without_rope"].Size(), 3U);
  EXPECT_EQ(json["layers_without_rope"][0].GetInt(), 2);
}

TEST_F(RopectlValidateTest, SeveralFilesAndDirectories) {
  Write("config.json", kBad);
  Write("nested/good.config.json", R"({"model_type":"llama","rope_theta":10000.0})");
  Write("nested/tokenizer.json", "{");
  const ProgramResult text = Local({folder_.string()});
  EXPECT_EQ(text.exit_code, 1);
  EXPECT_THAT(text.out, HasSubstr("2 configurations: 1 valid, 1 not valid"));
  const auto json = Parse(Local({"--json", folder_.string()}).out);
  ASSERT_TRUE(json.IsArray());
  ASSERT_EQ(json.Size(), 2U);
  EXPECT_THAT(json[0]["file"].GetString(), HasSubstr("config.json"));
  EXPECT_FALSE(json[0]["valid"].GetBool());
  EXPECT_TRUE(json[1]["valid"].GetBool());
  fs::create_directories(folder_ / "empty");
  EXPECT_EQ(Local({(folder_ / "empty").string()}).exit_code, 2);
}

TEST_F(RopectlValidateTest, JsonSaysWhatTheTextSays) {
  const std::string file = Write("config.json", kBad);
  const auto json = Parse(Local({"--json", file}).out);
  EXPECT_EQ(json["file"].GetString(), file);
  bool found = false;
  for (const auto& finding : json["findings"].GetArray()) {
    if (std::string(finding["code"].GetString()) != "ROPE-E007") continue;
    found = true;
    EXPECT_EQ(finding["line"].GetInt(), 6);
    EXPECT_EQ(finding["column"].GetInt(), 3);
    EXPECT_EQ(finding["file"].GetString(), file);
    EXPECT_TRUE(finding["fix"]["rope_theta"].IsDouble());
    EXPECT_TRUE(finding["consequence"].IsString());
  }
  EXPECT_TRUE(found);
  EXPECT_TRUE(json["config_id"].IsNull()) << "it does not compute";

  const auto drifted =
      Parse(Local({"--json", "preset:llama-2-7b", "--preset", "codellama-7b"}).out);
  EXPECT_STREQ(drifted["drift"]["preset"].GetString(), "codellama-7b");
  EXPECT_STREQ(drifted["drift"]["layers"][0]["values"][0]["name"].GetString(), "rope_theta");
  EXPECT_EQ(drifted["drift"]["layers"][0]["values"][0]["preset_value"].GetDouble(), 1e6);
  bool has_theta = false;
  for (const auto& value : drifted["effective_values"].GetArray()) {
    if (std::string(value["name"].GetString()) != "rope_theta") continue;
    has_theta = true;
    EXPECT_EQ(value["value"].GetDouble(), 10000.0);
    EXPECT_TRUE(value["source"].IsString());
  }
  EXPECT_TRUE(has_theta);
}

TEST_F(RopectlValidateTest, AnUnreadableFileIsAnEntryOfItsOwn) {
  const std::string good = Write("good.json", R"({"model_type":"llama","rope_theta":10000.0})");
  const std::string missing = (folder_ / "missing.json").string();
  const ProgramResult result = Local({"--json", missing, good});
  EXPECT_EQ(result.exit_code, 2);
  const auto json = Parse(result.out);
  ASSERT_EQ(json.Size(), 2U);
  EXPECT_TRUE(json[0]["valid"].GetBool());
  EXPECT_EQ(json[1]["file"].GetString(), missing);
  EXPECT_THAT(json[1]["error"]["message"].GetString(), HasSubstr("missing.json"));
  const auto sarif = Parse(Local({"--format", "sarif", missing, good}).out);
  const auto& invocation = sarif["runs"][0]["invocations"][0];
  EXPECT_FALSE(invocation["executionSuccessful"].GetBool());
  EXPECT_EQ(invocation["toolExecutionNotifications"].Size(), 1U);
}

// Whoever applies the replacement gets what --fix writes.
TEST_F(RopectlValidateTest, SarifFixesAreReplacementsInTheFile) {
  const std::string text = "{\n  \"model_type\": \"llama\",\n  \"rope_theta\": \"10000\"}\n";
  const std::string file = Write("config.json", text);
  const auto sarif = Parse(Local({"--format", "sarif", file}).out);
  const auto& run = sarif["runs"][0];
  bool found = false;
  for (const auto& result : run["results"].GetArray()) {
    const auto& rule = run["tool"]["driver"]["rules"][result["ruleIndex"].GetInt()];
    EXPECT_STREQ(rule["id"].GetString(), result["ruleId"].GetString());
    EXPECT_TRUE(rule["help"]["text"].IsString());
    if (!result.HasMember("fixes")) continue;
    found = true;
    const auto& change = result["fixes"][0]["artifactChanges"][0]["replacements"][0];
    const auto& region = change["deletedRegion"];
    ASSERT_EQ(region["startLine"].GetInt(), 3);
    ASSERT_EQ(region["endLine"].GetInt(), 3);
    const size_t line = text.find("  \"rope_theta\"");
    std::string replaced = text;
    replaced.replace(line + region["startColumn"].GetUint64() - 1,
                     region["endColumn"].GetUint64() - region["startColumn"].GetUint64(),
                     change["insertedContent"]["text"].GetString());
    EXPECT_EQ(Local({"--fix", file}).exit_code, 0);
    EXPECT_EQ(replaced, Read(file));
  }
  EXPECT_TRUE(found);
}

TEST_F(RopectlValidateTest, WhatATerminalWouldObeyIsShown) {
  const ProgramResult result =
      Local({"-"}, R"({"model_type":"llama","rope_scaling":{"rope_type":"\u001b[2J\u202ex\n"}})");
  EXPECT_THAT(result.out, Not(HasSubstr("\033")));
  EXPECT_THAT(result.out, Not(HasSubstr("\u202e")));
  EXPECT_THAT(result.out, HasSubstr("\\x1b[2J\\u202ex"));
}

TEST_F(RopectlValidateTest, SarifHasARuleAndAPlaceForEachResult) {
  const std::string file = Write("a b.config.json", kBad);
  const ProgramResult result = Local({"--format", "sarif", file});
  EXPECT_EQ(result.exit_code, 1);
  const auto sarif = Parse(result.out);
  EXPECT_STREQ(sarif["version"].GetString(), "2.1.0");
  const auto& run = sarif["runs"][0];
  const auto& results = run["results"];
  ASSERT_GE(results.Size(), 2U);
  bool found = false;
  for (const auto& one : results.GetArray()) {
    bool has_rule = false;
    for (const auto& rule : run["tool"]["driver"]["rules"].GetArray()) {
      has_rule |= std::string(rule["id"].GetString()) == one["ruleId"].GetString();
    }
    EXPECT_TRUE(has_rule) << one["ruleId"].GetString();
    const auto& place = one["locations"][0]["physicalLocation"];
    EXPECT_THAT(place["artifactLocation"]["uri"].GetString(), HasSubstr("a%20b.config.json"));
    if (std::string(one["ruleId"].GetString()) != "ROPE-E007") continue;
    found = true;
    EXPECT_STREQ(one["level"].GetString(), "error");
    EXPECT_EQ(place["region"]["startLine"].GetInt(), 6);
    EXPECT_EQ(place["region"]["startColumn"].GetInt(), 3);
  }
  EXPECT_TRUE(found);
}

TEST_F(RopectlValidateTest, StrictnessComparisonAndColours) {
  const std::string warned = R"({"model_type":"llama","rope_theta":0.5})";
  EXPECT_EQ(Local({"-"}, warned).exit_code, 0);
  EXPECT_EQ(Local({"-", "--strict"}, warned).exit_code, 1);
  EXPECT_THAT(Local({"-", "--color", "always"}, warned).out, HasSubstr("\033["));
  EXPECT_THAT(Local({"preset:llama-2-7b", "--preset", "codellama-7b"}).out,
              HasSubstr("differs from preset \"codellama-7b\""));
  EXPECT_EQ(Local({"preset:llama-2-7b", "--preset", "no-such"}).exit_code, 2);
  EXPECT_EQ(Local({"preset:no-such"}).exit_code, 2);
}

TEST_F(RopectlValidateTest, ExplainNeedsNoServer) {
  const ProgramResult one = RunProgram({"ropectl", "explain", "rope-w115"});
  EXPECT_EQ(one.exit_code, 0);
  EXPECT_THAT(one.out, HasSubstr("ROPE-W115 (warning): Parameter by a name that is not read"));
  EXPECT_THAT(RunProgram({"ropectl", "explain"}).out, HasSubstr("ROPE-E001"));
  EXPECT_EQ(RunProgram({"ropectl", "explain", "ROPE-X999"}).exit_code, 2);
  EXPECT_GE(Parse(RunProgram({"ropectl", "explain", "--json"}).out).Size(), 50U);
}

TEST_F(RopectlValidateTest, PresetsAreListedAndPrintedAsFiles) {
  const testing::RunningServer server;
  for (const std::vector<std::string>& where :
       {std::vector<std::string>{"--local"}, {"--server", server.address()}}) {
    const auto run = [&](std::vector<std::string> arguments) {
      arguments.insert(arguments.begin(), {"ropectl", "presets"});
      arguments.insert(arguments.end(), where.begin(), where.end());
      return RunProgram(arguments);
    };
    EXPECT_THAT(run({}).out, HasSubstr("llama-3.1-8b "));
    EXPECT_GE(Parse(run({"--json"}).out).Size(), 90U);
    const ProgramResult one = run({"phi-2"});
    EXPECT_STREQ(Parse(one.out)["model_type"].GetString(), "phi");
    EXPECT_EQ(Local({"-"}, one.out).exit_code, 0);
    EXPECT_EQ(run({"no-such"}).exit_code, 2);
  }
  const ProgramResult freqs = RunProgram({"ropectl", "freqs", "--json", "--config",
                                          "preset:llama-3.1-8b", "--server", server.address()});
  EXPECT_STREQ(Parse(freqs.out)["rope_type"].GetString(), "llama3");
}

}  // namespace
}  // namespace rope
