// The real client against the real server: exit codes, and the JSON shapes that scripts rely on.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidjson/document.h"
#include "tests/testing/paths.h"
#include "tests/testing/subprocess.h"
#include "xxhash.h"

namespace rope {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::ProgramResult;
using testing::RunProgram;

const std::string kBadConfig =
    R"({"model_type": "llama", "hidden_size": 4096, "num_attention_heads": 32,
        "rope_parameters": {"rope_type": "yarn", "rope_theta": 10000.0}})";
const std::string kLayered =
    R"({"model_type": "gemma3_text", "head_dim": 256, "hidden_size": 2560,
        "num_attention_heads": 8, "max_position_embeddings": 131072, "num_hidden_layers": 6,
        "rope_theta": 1000000.0, "rope_local_base_freq": 10000.0,
        "rope_scaling": {"rope_type": "linear", "factor": 8.0}})";

std::string Example(const std::string& name) {
  return std::string(ROPE_SOURCE_DIR) + "/client/examples/" + name + ".config.json";
}

std::vector<std::string> Keys(const rapidjson::Value& object) {
  std::vector<std::string> keys;
  for (const auto& member : object.GetObject()) keys.push_back(member.name.GetString());
  return keys;
}

rapidjson::Document Parse(const std::string& text) {
  rapidjson::Document document;
  document.Parse(text.c_str());  // strict JSON
  EXPECT_FALSE(document.HasParseError()) << text;
  return document;
}

class RopectlTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = new testing::RunningServer(); }
  static void TearDownTestSuite() { delete server_; }

  static ProgramResult Run(std::vector<std::string> arguments, const std::string& input = "") {
    arguments.insert(arguments.begin(), "ropectl");
    arguments.insert(arguments.end(), {"--server", server_->address()});
    return RunProgram(arguments, input);
  }

  static testing::RunningServer* server_;
};

testing::RunningServer* RopectlTest::server_ = nullptr;

TEST_F(RopectlTest, WarmComputesAndTheNextTableIsAHit) {
  const std::vector<std::string> table = {"--config", "preset:phi-4", "--positions", "0:3000",
                                          "--json"};
  std::vector<std::string> warm = {"warm"};
  warm.insert(warm.end(), table.begin(), table.end());
  for (bool was_cached : {false, true}) {
    const ProgramResult result = Run(warm);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const rapidjson::Document json = Parse(result.out);
    EXPECT_THAT(Keys(json), ElementsAre("config_id", "rows", "bytes", "kept_rows", "was_cached",
                                        "family", "text_model_path", "warnings", "assumed",
                                        "preset_unverified", "seconds"));
    EXPECT_EQ(json["rows"].GetInt64(), 3000);
    EXPECT_EQ(json["was_cached"].GetBool(), was_cached);
  }
  EXPECT_EQ(Run({"warm", "--config", "preset:phi-4", "--positions", "3,1"}).exit_code, 2)
      << "only ranges are cached";
}

TEST_F(RopectlTest, BenchSaysHowFast) {
  const ProgramResult result =
      Run({"bench", "--config", "preset:phi-4", "--positions", "0:10", "--duration", "0.2",
           "--in-flight", "3", "--connections", "2", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const rapidjson::Document json = Parse(result.out);
  EXPECT_THAT(Keys(json),
              ElementsAre("requests", "failed", "seconds", "requests_per_second", "bytes",
                          "gb_per_second", "connections", "in_flight", "latency_ms"));
  EXPECT_GT(json["requests"].GetInt64(), 5);
  EXPECT_TRUE(json["failed"].ObjectEmpty());
  EXPECT_THAT(Keys(json["latency_ms"]), ElementsAre("p50", "p90", "p99", "p99_9", "max"));
  EXPECT_LE(json["latency_ms"]["p50"].GetDouble(), json["latency_ms"]["max"].GetDouble());
  const ProgramResult text =
      Run({"bench", "--config", "preset:phi-4", "--positions", "0:10", "--duration", "0.1"});
  EXPECT_THAT(text.out, HasSubstr("p99.9"));
  EXPECT_EQ(Run({"bench", "--config", "preset:phi-4", "--positions", "0:0"}).exit_code, 2);
}

// Whatever the variable says, --server is asked; and --local asks nobody.
TEST_F(RopectlTest, AFlagBeatsTheVariable) {
  const std::string address = server_->address();
  for (const char* variable : {"127.0.0.1:1", "", " ", "no server"}) {
    ASSERT_EQ(setenv("ROPE_SERVER", variable, /*overwrite=*/1), 0);
    EXPECT_EQ(RunProgram({"ropectl", "info", "--server", address}).exit_code, 0) << variable;
    EXPECT_EQ(RunProgram({"ropectl", "validate", "--local", "preset:phi-4"}).exit_code, 0)
        << variable;
  }
  ASSERT_EQ(setenv("ROPE_SERVER", address.c_str(), /*overwrite=*/1), 0);
  EXPECT_EQ(RunProgram({"ropectl", "info"}).exit_code, 0);
  EXPECT_EQ(RunProgram({"ropectl", "info", "--server", "127.0.0.1:1"}).exit_code, 3);
  unsetenv("ROPE_SERVER");
}

TEST_F(RopectlTest, WhatIsMistypedIsNamed) {
  const auto err = [](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "ropectl");
    const ProgramResult result = RunProgram(arguments);
    EXPECT_EQ(result.exit_code, 2) << result.out;
    return result.err;
  };
  EXPECT_EQ(err({"frqs"}), "ropectl: there is no command frqs, did you mean freqs?\n");
  EXPECT_EQ(err({"frobnicate"}), "ropectl: there is no command frobnicate\n");
  EXPECT_EQ(err({"freqs", "--confg", "x"}),
            "ropectl: freqs has no option --confg, did you mean --config?\n");
  EXPECT_EQ(err({"freqs", "--confg=x"}),
            "ropectl: freqs has no option --confg, did you mean --config?\n");
  EXPECT_EQ(err({"plan", "--config", "llama-3.1-8", "--lengths", "1"}),
            "ropectl: cannot read llama-3.1-8, did you mean llama-3.1-8b?\n");
  const std::string json = RunProgram({"ropectl", "freqs", "--json", "--layer-tipe", "x"}).out;
  EXPECT_THAT(json, HasSubstr("did you mean --layer-type?"));
}

TEST_F(RopectlTest, APresetNeedsNoPrefixAndACodeNeither) {
  EXPECT_EQ(Run({"freqs", "--config", "phi-4"}).out,
            Run({"freqs", "--config", "preset:phi-4"}).out);
  const ProgramResult code = RunProgram({"ropectl", "explain", "w115"});
  EXPECT_EQ(code.exit_code, 0);
  EXPECT_EQ(code.out, RunProgram({"ropectl", "explain", "ROPE-W115"}).out);
}

TEST_F(RopectlTest, HelpIsWorthReading) {
  const ProgramResult nothing = RunProgram({"ropectl"});
  EXPECT_EQ(nothing.exit_code, 2) << "nothing was asked";
  EXPECT_EQ(nothing.out, RunProgram({"ropectl", "--help"}).out);
  EXPECT_THAT(RunProgram({"ropectl", "--help"}).out, HasSubstr("Exit codes"));
  for (const char* command : {"info", "validate", "freqs", "table", "presets"}) {
    const ProgramResult help = RunProgram({"ropectl", command, "--help"});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_THAT(help.out, HasSubstr("Example: ropectl ")) << command;
    EXPECT_THAT(help.out, HasSubstr("--server"));
  }
}

TEST_F(RopectlTest, ValidateSaysWhetherAConfigurationIsValid) {
  const ProgramResult good = Run({"validate", "--json", "--config", Example("llama-3.1-8b")});
  EXPECT_EQ(good.exit_code, 0);
  const auto yes = Parse(good.out);
  EXPECT_THAT(Keys(yes),
              ElementsAre("file", "valid", "findings", "rope_parameters", "layers_without_rope",
                          "family", "text_model_path", "transformers_version", "config_id",
                          "layer_types", "effective_values", "drift"));
  EXPECT_TRUE(yes["valid"].GetBool());
  EXPECT_STREQ(yes["rope_parameters"]["rope_type"].GetString(), "llama3");

  const ProgramResult bad = Run({"validate", "--json", "--config", "-"}, kBadConfig);
  EXPECT_EQ(bad.exit_code, 1);
  const auto no = Parse(bad.out);
  EXPECT_FALSE(no["valid"].GetBool());
  ASSERT_GE(no["findings"].Size(), 1U);
  EXPECT_THAT(Keys(no["findings"][0]),
              ElementsAre("code", "severity", "path", "message", "file", "line", "column", "fix",
                          "consequence", "hf_message"));
}

// The label of validate is that of the frequencies, with a server and without one.
TEST_F(RopectlTest, ValidateAndFreqsGiveTheSameLabel) {
  const auto verdict = Parse(Run({"validate", "--json", "--config", Example("llama-3.1-8b")}).out);
  const auto freqs = Parse(Run({"freqs", "--json", "--config", Example("llama-3.1-8b")}).out);
  EXPECT_STREQ(verdict["config_id"].GetString(), freqs["config_id"].GetString());
}

TEST_F(RopectlTest, WithoutAServerTheAnswersAreTheSame) {
  for (bool table : {false, true}) {
    std::vector<std::string> arguments = {table ? "table" : "freqs", "--json", "--config",
                                          "qwen3-8b"};
    if (table) arguments.insert(arguments.end(), {"--positions", "0:70000:3"});
    const ProgramResult remote = Run(arguments);
    arguments.insert(arguments.begin(), "ropectl");
    arguments.insert(arguments.end(), {"--local", "--server", "127.0.0.1:1"});
    const ProgramResult local = RunProgram(arguments);
    ASSERT_EQ(remote.exit_code, 0) << remote.err;
    ASSERT_EQ(local.exit_code, 0) << local.err;
    if (table) {
      EXPECT_EQ(Parse(local.out)["xxh3_64"], Parse(remote.out)["xxh3_64"]);
    } else {
      EXPECT_EQ(local.out, remote.out);
    }
  }
}

// What a shell does with a command, in an empty folder.
class RopectlShellTest : public ::testing::Test {
 protected:
  RopectlShellTest()
      : folder_(fs::temp_directory_path() / ("ropectl_shell_test." + std::to_string(getpid()))) {
    fs::create_directories(folder_);
  }
  ~RopectlShellTest() override { fs::remove_all(folder_); }

  int Shell(const std::string& command) const {
    const std::string line = "cd '" + folder_.string() + "' && export TMPDIR=. PATH='" +
                             ROPE_BINARY_DIR + "/bin':\"$PATH\"; " + command;
    const int status = std::system(line.c_str());  // NOLINT(concurrency-mt-unsafe)
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  std::string Read(const std::string& name) const {
    std::ifstream stream(folder_ / name, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(stream), {});
  }
  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  fs::path folder_;
};

TEST_F(RopectlShellTest, OutputThatCannotBeWrittenIsAnError) {
  const std::string table = "ropectl table --local --config llama-3.1-8b --positions 0:64 ";
  EXPECT_EQ(Shell("ropectl freqs --local --config llama-3.1-8b > /dev/full 2>err"), 3);
  EXPECT_THAT(Read("err"), HasSubstr("cannot write to standard output"));
  EXPECT_EQ(Shell(table + "--out - > /dev/full 2>err"), 3);
  EXPECT_THAT(Read("err"), HasSubstr("No space left"));
  EXPECT_THAT(Files(), ElementsAre("err")) << "nothing stays";
}

TEST_F(RopectlShellTest, ATableIsWrittenToStandardOutput) {
  const std::string table = "ropectl table --local --config llama-3.1-8b --positions 0:64 ";
  ASSERT_EQ(Shell(table + "--json --out - --format safetensors > piped 2>report"), 0);
  ASSERT_EQ(Shell(table + "--json --out file.safetensors > /dev/null"), 0);
  EXPECT_EQ(Read("piped"), Read("file.safetensors"));
  EXPECT_STREQ(Parse(Read("report"))["files"][0].GetString(), "-");
}

TEST_F(RopectlShellTest, ASignalLeavesNoUnfinishedFiles) {
  for (const char* ending : {"npz", "npy", "safetensors"}) {
    const std::string command =
        "ropectl table --local --config llama-3.1-8b --positions 0:3000000 --out x." +
        std::string(ending) +
        " > out 2>&1 & pid=$!; until ls | grep -q part; do sleep 0.01; done; "
        "kill -TERM $pid; wait $pid";
    EXPECT_EQ(Shell(command), 128 + SIGTERM) << ending;
    EXPECT_THAT(Files(), ElementsAre("out")) << ending;
  }
}

TEST_F(RopectlShellTest, PositionsBeyondTheModelAreWarnedOf) {
  ASSERT_EQ(
      Shell("ropectl table --local --config llama-3.1-8b --positions 131000:131100 >out 2>err"), 0);
  EXPECT_THAT(Read("err"), HasSubstr("131100, and max_position_embeddings of the configuration is "
                                     "131072"));
}

TEST_F(RopectlShellTest, APlotShowsWhatAScalingDoes) {
  const ProgramResult text =
      RunProgram({"ropectl", "plot", "--config", "qwen2.5-7b-yarn", "--compare", "qwen2.5-7b"});
  EXPECT_THAT(text.out, HasSubstr("* qwen2.5-7b-yarn (yarn, theta 1e+06)"));
  EXPECT_THAT(text.out, HasSubstr("o qwen2.5-7b (default, theta 1e+06)"));
  EXPECT_THAT(text.out, HasSubstr("length 131072"));
  ASSERT_EQ(Shell("ropectl plot --config llama-3.1-8b --out x.svg"), 0);
  const std::string svg = Read("x.svg");
  EXPECT_THAT(svg, HasSubstr("without a scaling"));
  EXPECT_EQ(svg.rfind("<svg", 0), 0U);
  EXPECT_EQ(RunProgram({"ropectl", "plot", "--config", "gemma-3-4b"}).exit_code, 2)
      << "several layer types";
  EXPECT_EQ(Shell("ropectl plot --config llama-3.1-8b --out x.png 2>/dev/null"), 2);
}

TEST_F(RopectlShellTest, AFolderOfAModelIsAConfiguration) {
  ASSERT_EQ(
      Shell("cp " + Example("llama-3.1-8b") +
            " config.json && ropectl freqs --local --json "
            "--config . > folder && ropectl freqs --local --json --config config.json > file"),
      0);
  EXPECT_EQ(Read("folder"), Read("file"));
}

TEST(RopectlHelpTest, CompletionsAndFamiliesAreMadeFromWhatIsThere) {
  const ProgramResult bash = RunProgram({"ropectl", "completions", "bash"});
  EXPECT_THAT(bash.out, HasSubstr("--positions-file"));
  EXPECT_THAT(bash.out, HasSubstr("options='hf exact'"));
  EXPECT_THAT(RunProgram({"ropectl", "completions", "zsh"}).out, HasSubstr("#compdef ropectl"));
  EXPECT_THAT(RunProgram({"ropectl", "completions", "fish"}).out,
              HasSubstr("__fish_seen_subcommand_from table' -l layout"));
  EXPECT_GE(Parse(RunProgram({"ropectl", "families", "--json", "--local"}).out).Size(), 200U);
  EXPECT_THAT(RunProgram({"ropectl", "families", "gemma3_"}).out, HasSubstr("5 presets"));
  const ProgramResult explained = RunProgram({"ropectl", "explain", "W115"});
  EXPECT_THAT(explained.out, HasSubstr("\"attn_factor\": 0.9"));
  EXPECT_THAT(explained.out, HasSubstr("Its fix: {\"rope_scaling\""));
}

TEST_F(RopectlTest, ValidatePrintsPlacesAsCompilersDo) {
  const ProgramResult bad =
      Run({"validate", "--config", "-"}, "{\n  \"hidden_size\": 64,\n  \"head_dim\": \"big\"\n}");
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_THAT(bad.out, HasSubstr("NOT valid"));
  EXPECT_THAT(bad.out, HasSubstr("-:3:3: error: head_dim: "));
}

TEST_F(RopectlTest, NaNInAConfigurationStillGivesStrictJson) {
  const ProgramResult result =
      Run({"validate", "--json", "--config", "-"}, R"({"model_type": "llama", "rope_theta": NaN})");
  Parse(result.out);
  EXPECT_EQ(result.exit_code, 1);
}

TEST_F(RopectlTest, FrequenciesOfOneLayerTypeAndOfSeveral) {
  const std::vector<std::string> keys = {"layer_type",
                                         "rope_type",
                                         "rope_theta",
                                         "head_dim",
                                         "rotary_dim",
                                         "seq_len",
                                         "numeric_profile",
                                         "attention_factor",
                                         "attention_factor_bits",
                                         "config_id",
                                         "transformers_version",
                                         "family",
                                         "text_model_path",
                                         "warnings",
                                         "assumed",
                                         "preset_unverified",
                                         "inv_freq_given",
                                         "lane_scale_given",
                                         "attention_scaling",
                                         "inv_freq",
                                         "inv_freq_bits"};
  const auto one = Parse(Run({"freqs", "--json", "--config", Example("qwen2.5-7b-yarn")}).out);
  EXPECT_EQ(Keys(one), keys);
  EXPECT_TRUE(one["layer_type"].IsNull());
  EXPECT_TRUE(one["seq_len"].IsNull());
  EXPECT_EQ(one["inv_freq"].Size(), 64U);
  EXPECT_STREQ(one["inv_freq_bits"][0].GetString(), "0x3f800000");
  // tests/golden/inv_freq.jsonl, 30-qwen2.5-7b-yarn4
  EXPECT_STREQ(one["attention_factor_bits"].GetString(), "0x3ff237d37fe5d298");

  const auto several = Parse(Run({"freqs", "--json", "--config", "-"}, kLayered).out);
  ASSERT_TRUE(several.IsArray());
  ASSERT_EQ(several.Size(), 2U);
  for (const auto& entry : several.GetArray()) EXPECT_EQ(Keys(entry), keys);

  const auto chosen = Parse(
      Run({"freqs", "--json", "--layer-type", "sliding_attention", "--config", "-"}, kLayered).out);
  EXPECT_STREQ(chosen["layer_type"].GetString(), "sliding_attention");
}

// The factor is that of tests/golden/attention_scaling.jsonl: ministral3 at 16384, 1 + 0.1 ln 2.
TEST_F(RopectlTest, FreqsSayWhatAttentionMultiplies) {
  const std::string ministral = R"({"model_type": "ministral3", "rope_parameters": {
      "rope_type": "yarn", "rope_theta": 10000.0, "factor": 40.0,
      "original_max_position_embeddings": 16384, "llama_4_scaling_beta": 0.1}})";
  const ProgramResult text =
      Run({"freqs", "--config", "-", "--query-positions", "16383:16385"}, ministral);
  EXPECT_THAT(text.out, HasSubstr("times 1 + 0.1 * ln(1 + floor(position / 16384))\n"));
  EXPECT_THAT(text.out, HasSubstr("query_scale[0]  1\n"));
  EXPECT_THAT(text.out, HasSubstr("query_scale[1]  1.06931472\n"));
  const std::string deepseek = R"({"model_type": "deepseek_v3", "rope_parameters": {
      "rope_type": "yarn", "rope_theta": 10000.0, "factor": 40.0, "mscale_all_dim": 1.0,
      "original_max_position_embeddings": 4096}})";
  const auto json = Parse(Run({"freqs", "--config", "-", "--json"}, deepseek).out);
  EXPECT_TRUE(json["attention_scaling"]["queries"].IsNull());
  EXPECT_NEAR(json["attention_scaling"]["softmax_scale_factor"].GetDouble(), 1.8738542, 1e-7);
  const ProgramResult wrong =
      Run({"freqs", "--config", "-", "--query-positions", "7:7"}, ministral);
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("--query-positions must be START:STOP"));
}

TEST_F(RopectlTest, AnswersCarryTheirDoubts) {
  const std::string config = R"({"model_type": "llava", "text_config": {"model_type": "llama",
      "hidden_size": 256, "num_attention_heads": 4, "max_position_embeddings": 4096,
      "rope_scaling": {"rope_type": "linear", "factor": 2.0}}})";
  const std::vector<std::vector<std::string>> commands = {
      {"freqs"}, {"table", "--positions", "0:10"}, {"warm", "--positions", "0:10"}};
  for (std::vector<std::string> command : commands) {
    command.insert(command.end(), {"--config", "-"});
    const ProgramResult text = Run(command, config);
    EXPECT_THAT(text.out, HasSubstr("family            llama\n"));
    EXPECT_THAT(text.out, HasSubstr("read from         text_config\n"));
    EXPECT_THAT(text.out, HasSubstr("warnings          ROPE-W132 (ropectl validate"));
    EXPECT_THAT(text.out,
                HasSubstr("assumed           rope_theta = 10000.0, default of model_type"));
    command.push_back("--json");
    const auto json = Parse(Run(command, config).out);
    EXPECT_STREQ(json["family"].GetString(), "llama");
    EXPECT_STREQ(json["text_model_path"].GetString(), "text_config");
    ASSERT_EQ(json["warnings"].Size(), 1U);
    EXPECT_STREQ(json["warnings"][0].GetString(), "ROPE-W132");
    ASSERT_EQ(json["assumed"].Size(), 1U);
    EXPECT_STREQ(json["assumed"][0]["name"].GetString(), "rope_theta");
    EXPECT_EQ(json["assumed"][0]["value"].GetDouble(), 10000.0);
  }
}

const std::string kDynamicConfig =
    R"({"model_type": "llama", "hidden_size": 2048, "num_attention_heads": 32,
        "max_position_embeddings": 2048, "rope_theta": 10000.0,
        "rope_scaling": {"rope_type": "dynamic", "factor": 4.0}})";

TEST_F(RopectlTest, PlanNeedsNoServer) {
  const ProgramResult result = RunProgram(
      {"ropectl", "plan", "--config", "-", "--lengths", "100,2048,3000", "--json"}, kDynamicConfig);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto plans = Parse(result.out);
  ASSERT_EQ(plans.Size(), 3U);
  EXPECT_THAT(Keys(plans[0]), ElementsAre("length", "regime", "seq_len", "config_id",
                                          "attention_factor", "from", "until", "cached_keys"));
  EXPECT_TRUE(plans[0]["cached_keys"].IsNull());
  EXPECT_STREQ(plans[1]["cached_keys"].GetString(), "keep");
  EXPECT_STREQ(plans[2]["cached_keys"].GetString(), "re-rotate");
  EXPECT_STREQ(plans[2]["regime"].GetString(), "stretched");

  // A table for that length has the same label.
  const auto table = Run({"table", "--config", "-", "--positions", "0:3000"}, kDynamicConfig);
  EXPECT_THAT(table.out, HasSubstr(plans[2]["config_id"].GetString()));
}

TEST_F(RopectlTest, HistoryIsThatOfFrequenciesInsideAForward) {
  const ProgramResult result =
      RunProgram({"ropectl", "history", "--config", "-", "--lengths", "3000,2048,5", "--json"},
                 kDynamicConfig);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto calls = Parse(result.out);
  ASSERT_EQ(calls.Size(), 3U);
  EXPECT_THAT(Keys(calls[0]),
              ElementsAre("length", "seq_len", "inv_freq_bits", "attention_factor"));
  // Exactly max_position_embeddings keeps the stretched frequencies; a shorter call does not.
  const int64_t seq_lens[] = {3000, 3000, 2048};
  for (rapidjson::SizeType i = 0; i < 3; ++i) {
    EXPECT_EQ(calls[i]["seq_len"].GetInt64(), seq_lens[i]);
    const auto freqs = Parse(Run({"freqs", "--json", "--config", "-", "--of-forward", "--seq-len",
                                  std::to_string(seq_lens[i])},
                                 kDynamicConfig)
                                 .out);
    EXPECT_EQ(calls[i]["inv_freq_bits"], freqs["inv_freq_bits"]);
  }
}

// An .npy file of int64 with that shape.
void WriteNpy(const fs::path& path, const std::string& shape, const std::vector<int64_t>& values) {
  std::string dict = "{'descr': '<i8', 'fortran_order': False, 'shape': (" + shape + "), }";
  dict.append(63 - (10 + dict.size()) % 64, ' ');
  dict.push_back('\n');
  std::ofstream file(path, std::ios::binary);
  file << std::string("\x93NUMPY\x01\x00", 8) << static_cast<char>(dict.size()) << '\0' << dict;
  file.write(reinterpret_cast<const char*>(values.data()),
             static_cast<std::streamsize>(values.size() * sizeof(int64_t)));
}

TEST_F(RopectlTest, APositionFileMayHoldAllAxesOfAModel) {
  const std::string config = R"({"model_type": "qwen2_vl_text", "hidden_size": 32,
      "num_attention_heads": 4, "max_position_embeddings": 4096,
      "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0,
                          "mrope_section": [2, 1, 1]}})";
  const fs::path path = fs::temp_directory_path() / ("axes-" + std::to_string(getpid()) + ".npy");
  const auto table = [&](const std::string& json) {
    return Run({"table", "--config", "-", "--positions-file", path.string(), "--json"}, json);
  };
  WriteNpy(path, "3, 1, 2", {3, 4, 3, 4, 3, 4});
  const auto equal = Parse(table(config).out);
  EXPECT_EQ(equal["rows"].GetInt(), 2);
  EXPECT_EQ(equal["shape"].Size(), 3U);
  // The same as a table at one axis, because all axes are equal.
  const auto one =
      Parse(Run({"table", "--config", "-", "--positions", "3,4", "--json"}, config).out);
  EXPECT_EQ(equal["xxh3_64"], one["xxh3_64"]);
  WriteNpy(path, "3, 1, 2", {3, 4, 3, 4, 3, 5});
  EXPECT_NE(Parse(table(config).out)["xxh3_64"], one["xxh3_64"]);
  // For a model with one axis, the same file is a batch of three sequences.
  EXPECT_EQ(Parse(table(kDynamicConfig).out)["rows"].GetInt(), 6);
  fs::remove(path);
}

// A tower by its own configuration, and the same lanes as a spectrum.
TEST_F(RopectlTest, TableOfATowerAtAGrid) {
  const std::string tower = R"({"model_type": "qwen2_vl_vision", "embed_dim": 64, "num_heads": 2})";
  const auto table = [&](const std::vector<std::string>& more, const std::string& input) {
    std::vector<std::string> arguments = {"table", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments, input);
  };
  const auto by_grid = Parse(table({"--config", "-", "--grid", "2,4,6"}, tower).out);
  EXPECT_EQ(by_grid["rows"].GetInt(), 48);
  EXPECT_EQ(by_grid["shape"][1].GetInt(), 32);
  const std::string spectrum = R"({"axes": [{"dim": 16}, {"dim": 16}]})";
  // Neither has merged patches, so both go from left to right and from top to bottom.
  const std::string raster = R"({"model_type": "mlcd_vision_model", "hidden_size": 64,
                                 "num_attention_heads": 2})";
  const auto of_tower = Parse(table({"--config", "-", "--grid", "1,4,6"}, raster).out);
  const auto of_spectrum = Parse(table({"--spectrum", "-", "--grid", "1,4,6"}, spectrum).out);
  EXPECT_EQ(of_tower["xxh3_64"], of_spectrum["xxh3_64"]);
  EXPECT_THAT(table({"--grid", "1,4,6"}, "").out, HasSubstr("give --config or --spectrum"));
  EXPECT_THAT(table({"--config", "-"}, tower).out,
              HasSubstr("give one of --positions, --positions-file, --grid and --batch"));
}

TEST_F(RopectlTest, NumbersAreGivenBesideAConfiguration) {
  const std::string config = R"({"model_type": "llama", "hidden_size": 32,
      "num_attention_heads": 4, "max_position_embeddings": 4096, "rope_theta": 10000.0})";
  const fs::path path = fs::temp_directory_path() / ("given-" + std::to_string(getpid()) + ".json");
  std::ofstream(path) << "[0.5, 0.25]";
  const std::vector<std::string> given = {"--inv-freq", path.string(), "--window", "2,4"};
  std::vector<std::string> freqs = {"freqs", "--json", "--config", "-"};
  freqs.insert(freqs.end(), given.begin(), given.end());
  const auto frequencies = Parse(Run(freqs, config).out);
  EXPECT_TRUE(frequencies["inv_freq_given"].GetBool());
  EXPECT_FALSE(frequencies["lane_scale_given"].GetBool());
  ASSERT_EQ(frequencies["inv_freq"].Size(), 2U);
  EXPECT_EQ(frequencies["inv_freq"][1].GetDouble(), 0.25);

  const auto plan_id = [&](std::vector<std::string> more) {
    std::vector<std::string> plan = {"ropectl", "plan",      "--json", "--config",
                                     "-",       "--lengths", "64"};
    plan.insert(plan.end(), more.begin(), more.end());
    return std::string(Parse(RunProgram(plan, config).out)[0]["config_id"].GetString());
  };
  EXPECT_NE(plan_id(given), plan_id({}));
  EXPECT_EQ(plan_id({"--window", "0,8"}), plan_id({})) << "the whole head";
  for (const bool local : {true, false}) {
    std::vector<std::string> validate = {"validate", "-", "--window", "2,4"};
    if (local) validate.emplace_back("--local");
    EXPECT_THAT(Run(validate, config).out, HasSubstr("rotary_dim"));
    EXPECT_EQ(Run(validate, config).exit_code, 0);
    validate[3] = "2,40";
    EXPECT_EQ(Run(validate, config).exit_code, 2);
    EXPECT_THAT(Run(validate, config).err, HasSubstr("config.overrides"));
  }

  std::vector<std::string> table = {"table", "--json", "--config", "-", "--positions", "0:3"};
  table.insert(table.end(), given.begin(), given.end());
  const auto answer = Parse(Run(table, config).out);
  EXPECT_EQ(answer["first_channel"].GetInt(), 2);
  EXPECT_EQ(answer["rotated_channels"].GetInt(), 4);
  EXPECT_EQ(answer["shape"][1].GetInt(), 4);
  table.erase(table.begin() + 1);
  EXPECT_THAT(Run(table, config).out,
              ::testing::AllOf(HasSubstr("given             inv_freq, beside the configuration"),
                               HasSubstr("channels          2 to 5 of a head")));
  freqs.resize(freqs.size() - 2);  // without the window there are 4 frequencies
  const ProgramResult refused = Run(freqs, config);
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.out + refused.err, HasSubstr("inv_freq must have 4 values"));
  fs::remove(path);
}

TEST_F(RopectlTest, ABatchIsOneTable) {
  const std::string config =
      R"({"model_type": "llama", "hidden_size": 2048, "num_attention_heads": 32,
          "max_position_embeddings": 2048, "rope_theta": 10000.0,
          "rope_scaling": {"rope_type": "dynamic", "factor": 4.0}})";
  const fs::path file = fs::temp_directory_path() / ("batch-" + std::to_string(getpid()) + ".json");
  const auto run = [&](const std::string& batch, const std::vector<std::string>& more = {}) {
    std::ofstream(file) << batch;
    std::vector<std::string> arguments = {"table", "--config", "-", "--batch", file};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments, config);
  };
  const std::string batch = R"([{"positions": [1, 2]}, {"positions": [4096], "seq_len": 4097},
                                {"positions": [5], "seq_len": null}])";
  const ProgramResult result = run(batch, {"--json"});
  ASSERT_EQ(result.exit_code, 0) << result.out << result.err;
  const rapidjson::Document json = Parse(result.out);
  EXPECT_EQ(json["rows"].GetInt64(), 4);
  const rapidjson::Value& sequences = json["sequences"];
  ASSERT_EQ(sequences.Size(), 3U);
  EXPECT_EQ(sequences[1]["first_row"].GetInt64(), 2);
  EXPECT_EQ(sequences[2]["rows"].GetInt64(), 1);
  EXPECT_STREQ(sequences[0]["config_id"].GetString(), sequences[2]["config_id"].GetString());
  EXPECT_STRNE(sequences[0]["config_id"].GetString(), sequences[1]["config_id"].GetString());
  EXPECT_THAT(run(batch).out, HasSubstr("sequences         3, with 2 different sets"));

  EXPECT_THAT(run("{}").err, HasSubstr("must be a list of sequences"));
  EXPECT_THAT(run("[").err, HasSubstr("(byte "));
  EXPECT_THAT(run("[5]").err, HasSubstr("[0]: must be an object, not 5"));
  EXPECT_THAT(run("[{}]").err, HasSubstr("[0].positions: it is missing"));
  EXPECT_THAT(run(R"([{"positions": [1.5]}])").err, HasSubstr("[0].positions[0]: must be"));
  EXPECT_THAT(run(R"([{"positions": [1], "length": 2}])").err, HasSubstr("[0].length: unknown"));
  EXPECT_THAT(run(R"([{"positions": []}])").err,
              HasSubstr("[0].positions: must have at least one"));
  EXPECT_EQ(run(R"([{"positions": [1], "seq_len": 0}])").exit_code, 2);
  EXPECT_EQ(run("[5]", {"--positions", "1"}).exit_code, 2);
  fs::remove(file);
  EXPECT_EQ(Run({"table", "--config", "-", "--batch", file}, config).exit_code, 2);
}

TEST_F(RopectlTest, PlanAndHistoryNameWhatIsWrong) {
  for (const char* command : {"plan", "history"}) {
    const auto run = [command](const std::string& lengths, const std::string& config) {
      return RunProgram({"ropectl", command, "--config", "-", "--lengths", lengths}, config);
    };
    EXPECT_EQ(run("5,0", kDynamicConfig).exit_code, 2);
    EXPECT_THAT(run("5,0", kDynamicConfig).err, HasSubstr("lengths[1] must be 1 to 2147483648"));
    EXPECT_EQ(run("5", kBadConfig).exit_code, 1);
    EXPECT_EQ(run("5", kLayered).exit_code, 2);
    EXPECT_THAT(run("5", kLayered).err, HasSubstr("\"sliding_attention\""));
  }
}

TEST_F(RopectlTest, TablesOfTheShippedConfigurationsInEveryFormat) {
  const fs::path directory = fs::temp_directory_path() / ("ropectl-" + std::to_string(getpid()));
  fs::create_directories(directory);
  for (const char* model : {"llama-3.1-8b", "qwen2.5-7b-yarn", "phi-3-mini-128k"}) {
    std::string hash;
    for (const char* ending : {"npy", "npz", "safetensors"}) {
      const std::string out = (directory / (std::string(model) + "." + ending)).string();
      const ProgramResult result = Run(
          {"table", "--json", "--config", Example(model), "--positions", "0:8192", "--out", out});
      ASSERT_EQ(result.exit_code, 0) << result.out << result.err;
      const auto table = Parse(result.out);
      EXPECT_THAT(Keys(table),
                  ElementsAre("files", "shape", "dtype", "layout", "rows", "xxh3_64", "cache",
                              "backend", "rope_type", "rope_theta", "head_dim", "rotary_dim",
                              "attention_factor", "seq_len", "max_position_embeddings", "config_id",
                              "numeric_profile", "transformers_version", "family",
                              "text_model_path", "warnings", "assumed", "preset_unverified",
                              "inv_freq_given", "lane_scale_given", "attention_scaling",
                              "first_channel", "rotated_channels", "seconds", "bytes"));
      EXPECT_THAT(Keys(table["xxh3_64"]), ElementsAre("cos", "sin"));
      EXPECT_EQ(table["rows"].GetInt(), 8192);
      if (!hash.empty()) {
        EXPECT_EQ(table["xxh3_64"]["cos"].GetString(), hash);
        EXPECT_STREQ(table["cache"].GetString(), "hit");
      }
      hash = table["xxh3_64"]["cos"].GetString();
      for (const auto& file : table["files"].GetArray()) EXPECT_TRUE(fs::exists(file.GetString()));
    }
    // The data of cos.npy has the printed hash.
    std::ifstream file(directory / (std::string(model) + ".cos.npy"), std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    const size_t begin = 10 + static_cast<unsigned char>(bytes[8]);
    char text[19];
    std::snprintf(
        text, sizeof(text), "0x%016llx",
        static_cast<unsigned long long>(XXH3_64bits(bytes.data() + begin, bytes.size() - begin)));
    EXPECT_EQ(hash, text) << model;
  }
  fs::remove_all(directory);
}

// These layouts have one tensor, called cos_sin. Layout complex is numpy's complex64.
TEST_F(RopectlTest, TablesOfJoinedLayouts) {
  const fs::path directory = fs::temp_directory_path() / ("ropectl-j" + std::to_string(getpid()));
  fs::create_directories(directory);
  const struct {
    const char* layout;
    const char* descr;
    const char* shape;
  } cases[] = {{"packed", "'<f4'", "(3, 128,)"},
               {"pairs", "'<f4'", "(3, 64, 2,)"},
               {"complex", "'<c8'", "(3, 64,)"}};
  for (const auto& one : cases) {
    const std::string out = (directory / (std::string(one.layout) + ".npy")).string();
    const ProgramResult result = Run({"table", "--json", "--config", Example("llama-3.1-8b"),
                                      "--positions", "0:3", "--layout", one.layout, "--out", out});
    ASSERT_EQ(result.exit_code, 0) << result.out;
    EXPECT_THAT(Keys(Parse(result.out)["xxh3_64"]), ElementsAre("cos_sin"));
    std::ifstream file(out, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    EXPECT_THAT(bytes, HasSubstr(one.descr));
    EXPECT_THAT(bytes, HasSubstr(one.shape));
  }
  EXPECT_EQ(Run({"table", "--config", Example("llama-3.1-8b"), "--positions", "0:3", "--layout",
                 "packed", "--tensors", "cos"})
                .exit_code,
            2);
  fs::remove_all(directory);
}

TEST_F(RopectlTest, InfoTellsWhatThereIs) {
  const auto info = Parse(Run({"info", "--json"}).out);
  EXPECT_EQ(info["rope_types"].Size(), 7U);
  EXPECT_EQ(info["limits"]["max_position"].GetInt64(), 2147483647);
  EXPECT_THAT(Run({"info"}).out, HasSubstr("proportional"));
}

struct Failure {
  std::string name;
  std::vector<std::string> arguments;
  int exit_code;
};

class RopectlFailureTest : public RopectlTest, public ::testing::WithParamInterface<Failure> {};

TEST_P(RopectlFailureTest, HasItsExitCodeAndShape) {
  std::vector<std::string> arguments = GetParam().arguments;
  const ProgramResult text = Run(arguments, kBadConfig);
  EXPECT_EQ(text.exit_code, GetParam().exit_code) << text.err;
  EXPECT_FALSE(text.err.empty());

  arguments.push_back("--json");
  const ProgramResult result = Run(arguments, kBadConfig);
  EXPECT_EQ(result.exit_code, GetParam().exit_code);
  const auto json = Parse(result.out);
  EXPECT_THAT(Keys(json), ElementsAre("error"));
  EXPECT_THAT(Keys(json["error"]), ElementsAre("code", "message", "findings"));
  EXPECT_EQ(json["error"]["findings"].Size() > 0, GetParam().exit_code == 1);
}

INSTANTIATE_TEST_SUITE_P(
    All, RopectlFailureTest,
    ::testing::Values(
        Failure{"BadConfigFreqs", {"freqs", "--config", "-"}, 1},
        Failure{"BadConfigTable", {"table", "--config", "-", "--positions", "0:8"}, 1},
        Failure{"UnknownOption", {"info", "--colour"}, 2}, Failure{"NoConfig", {"validate"}, 2},
        Failure{"NoSuchFile", {"validate", "--config", "/nowhere/config.json"}, 2},
        Failure{"NoPositions", {"table", "--config", "-"}, 2},
        Failure{"EmptyRange", {"table", "--config", "-", "--positions", "8:8"}, 2},
        Failure{"NotARange", {"table", "--config", "-", "--positions", "0:x"}, 2},
        Failure{"UnknownDType",
                {"table", "--config", "-", "--positions", "0:8", "--dtype", "float8"},
                2},
        Failure{"UnknownEnding",
                {"table", "--config", "-", "--positions", "0:8", "--out", "/tmp/x.csv"},
                2},
        Failure{"PositionBelowTheRange",
                {"table", "--config", Example("llama-3.1-8b"), "--positions=-2147483648,2"},
                2}),
    [](const auto& info) { return info.param.name; });

TEST(RopectlTransportTest, NoServerIsExitCodeThree) {
  const ProgramResult result = RunProgram({"ropectl", "info", "--server", "127.0.0.1:1", "--json"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_STREQ(Parse(result.out)["error"]["code"].GetString(), "UNAVAILABLE");
}

}  // namespace
}  // namespace rope
