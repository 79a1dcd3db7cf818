// ropectl positions, with and without a server: JSON as scripts read it, text, files, and exit
// codes.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidjson/document.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"
#include "tests/testing/golden_records.h"
#include "tests/testing/subprocess.h"

namespace rope {
namespace {

namespace fs = std::filesystem;
using rapidjson::Value;
using ::testing::HasSubstr;
using testing::ProgramResult;
using testing::RunProgram;

std::string TextOf(const Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return buffer.GetString();
}

rapidjson::Document Parse(const std::string& text) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseFullPrecisionFlag>(text.c_str());
  EXPECT_FALSE(document.HasParseError()) << text;
  return document;
}

class RopectlPositionsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = fs::temp_directory_path() / ("ropectl-positions-" + std::to_string(getpid()));
    fs::create_directories(directory_);
  }
  void TearDown() override { fs::remove_all(directory_); }

  // Runs the command without a server, with the configuration in a file and the input on standard
  // input.
  ProgramResult Run(const std::string& config, const std::string& input,
                    std::vector<std::string> more = {}) const {
    more.push_back("--local");
    return RunAs(config, input, more);
  }

  ProgramResult RunAs(const std::string& config, const std::string& input,
                      const std::vector<std::string>& more) const {
    const std::string path = (directory_ / "config.json").string();
    std::ofstream(path) << config;
    std::vector<std::string> arguments = {"ropectl", "positions", "--config", path, "--input", "-"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunProgram(arguments, input);
  }

  fs::path directory_;
};

// The values and the shapes of the JSON are those of the records, floats included.
TEST_F(RopectlPositionsTest, JsonHasTheShapesOfTheLibrary) {
  int compared = 0;
  testing::ForEachRecord("rope_index.jsonl", [&](const Value& record) {
    if (!record["config_overrides"].ObjectEmpty()) return;  // the golden test has these
    SCOPED_TRACE(record["id"].GetString());
    rapidjson::Document config;
    config.CopyFrom(record["config"], config.GetAllocator());
    config.AddMember("model_type", Value(record["model_type"], config.GetAllocator()),
                     config.GetAllocator());
    const ProgramResult result = Run(TextOf(config), TextOf(record["inputs"]), {"--json"});
    ASSERT_EQ(result.exit_code, 0) << result.out << result.err;
    const rapidjson::Document json = Parse(result.out);
    EXPECT_EQ(TextOf(json["position_ids"]), TextOf(record["position_ids"]));
    EXPECT_EQ(TextOf(json["rope_deltas"]), TextOf(record["rope_deltas"]));
    if (json.HasMember("decode_position_ids")) {
      EXPECT_EQ(TextOf(json["decode_position_ids"]), TextOf(record["decode_position_ids"]));
    }
    ++compared;
  });
  EXPECT_GT(compared, 50);
}

TEST_F(RopectlPositionsTest, TextHasALineForEachToken) {
  const ProgramResult result =
      Run(R"({"model_type": "qwen3_omni_moe", "vision_start_token_id": 90})",
          R"({"input_ids": [[90, 151656, 151656, 1]], "video_grid_thw": [[2, 2, 2]],
              "second_per_grids": [0.5]})");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("family  qwen3_omni_moe\naxes    3\n"));
  EXPECT_THAT(result.out, HasSubstr("row 0, rope_delta 11.5\n"));
  EXPECT_THAT(result.out, HasSubstr("  token     2      13.5        1        1\n"));
}

TEST_F(RopectlPositionsTest, VisionHasTheOrderOfTheWindows) {
  const std::string config = R"({"model_type": "qwen2_5_vl",
      "vision_config": {"spatial_merge_size": 1, "window_size": 14}})";
  const ProgramResult result = Run(config, R"({"grid": [[1, 1, 2]]})", {"--vision", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out,
            "{\"position_ids\":[[0,0],[0,1]],\"window_index\":[0,1],"
            "\"cu_window_seqlens\":[0,1,2]}\n");
  EXPECT_THAT(Run(config, R"({"grid": [[1, 1, 2]]})", {"--vision"}).out,
              HasSubstr("  patch     1      0     1\n\n2 windows"));
}

// The answers of a server are those of the library, whatever is printed.
TEST_F(RopectlPositionsTest, AServerSaysTheSame) {
  const testing::RunningServer server;
  const auto expect_same = [&](const std::string& config, const std::string& input,
                               std::vector<std::string> more) {
    const ProgramResult local = Run(config, input, more);
    more.insert(more.end(), {"--server", server.address()});
    const ProgramResult remote = RunAs(config, input, more);
    EXPECT_EQ(remote.exit_code, local.exit_code) << remote.err << local.err;
    EXPECT_EQ(remote.out, local.out);
    EXPECT_EQ(remote.err, local.err);
  };
  const std::string omni = R"({"model_type": "qwen3_omni_moe", "vision_start_token_id": 90})";
  const std::string video = R"({"input_ids": [[90, 151656, 151656, 1]],
      "video_grid_thw": [[2, 2, 2]], "second_per_grids": [0.5]})";
  const std::string glm = R"({"model_type": "glm_image"})";
  const std::string made = R"({"input_ids": [[5, 6], [7, 8]], "image_grid_thw": [[1, 2, 3]]})";
  const std::string tower = R"({"model_type": "qwen2_5_vl"})";
  const std::string pictures = R"({"grid": [[1, 4, 8], [2, 4, 4]]})";
  const std::string pixtral = R"({"model_type": "pixtral"})";
  for (const std::vector<std::string>& form : {std::vector<std::string>{}, {"--json"}}) {
    expect_same(omni, video, form);
    expect_same(glm, made, form);
    expect_same(omni, "{}", form);
    expect_same(omni, R"({"input_ids": [[1, 2], [3]]})", form);
    expect_same(glm, R"({"second_per_grids": [1]})", form);
  }
  for (const std::vector<std::string>& form :
       {std::vector<std::string>{"--vision"}, {"--vision", "--json"}}) {
    expect_same(tower, pictures, form);
    expect_same(pixtral, R"({"sizes": [[64, 32], [32, 32]]})", form);
    expect_same(tower, R"({"grid": [[1, 4, 7]]})", form);
    expect_same(tower, R"({"pixels": [4, 7]})", form);
  }
  EXPECT_EQ(RunAs(tower, pictures, {"--vision", "--server", "127.0.0.1:1"}).exit_code, 3);
}

// The file that --out writes is what ropectl table reads.
TEST_F(RopectlPositionsTest, AFileGoesStraightIntoATable) {
  const testing::RunningServer server;
  const std::string config = R"({"model_type": "qwen2_vl", "text_config":
      {"model_type": "qwen2_vl_text", "hidden_size": 32, "num_attention_heads": 4,
       "max_position_embeddings": 4096, "rope_parameters":
       {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 1, 1]}}})";
  const std::string input = R"({"input_ids": [[1, 9, 9, 9, 9, 2]],
      "mm_token_type_ids": [[0, 1, 1, 1, 1, 0]], "image_grid_thw": [[1, 4, 4]]})";
  const std::string file = (directory_ / "positions.npy").string();
  const ProgramResult json =
      RunAs(config, input, {"--out", file, "--json", "--server", server.address()});
  ASSERT_EQ(json.exit_code, 0) << json.out << json.err;
  EXPECT_EQ(json.out, "{\"file\":\"" + file + "\",\"shape\":[3,1,6],\"rope_deltas\":[-2.0]}\n");
  EXPECT_EQ(Run(config, input, {"--out", file}).out, "written  " + file + " [3, 1, 6]\n");
  const ProgramResult table =
      RunProgram({"ropectl", "table", "--config", (directory_ / "config.json").string(),
                  "--positions-file", file, "--json", "--server", server.address()});
  ASSERT_EQ(table.exit_code, 0) << table.out << table.err;
  EXPECT_EQ(TextOf(Parse(table.out)["shape"]), "[1,6,8]");
  EXPECT_EQ(Run(config, input, {"--out", "/nowhere/positions.npy"}).exit_code, 3);
}

TEST_F(RopectlPositionsTest, MistakesHaveAnExitCodeAndAPath) {
  const std::string config = R"({"model_type": "qwen2_vl"})";
  const std::string input = R"({"input_ids": [[1]], "mm_token_type_ids": [[1]]})";
  const ProgramResult text = Run(config, input);
  EXPECT_EQ(text.exit_code, 2);
  EXPECT_THAT(text.err, HasSubstr("mm_token_type_ids[0][0]: no grid is left"));
  const ProgramResult json = Run(config, input, {"--json"});
  EXPECT_EQ(json.exit_code, 2);
  EXPECT_STREQ(Parse(json.out)["error"]["code"].GetString(), "INVALID_ARGUMENT");
  const ProgramResult family = Run(R"({"model_type": "llama"})", input);
  EXPECT_EQ(family.exit_code, 2);
  EXPECT_THAT(family.err, HasSubstr("no rule for \"llama\" is known"));
  EXPECT_THAT(family.err, HasSubstr("qwen3_vl_moe"));
  EXPECT_THAT(Run(config, "{\"input_ids\": [[1]").err, HasSubstr("-: "));
  EXPECT_EQ(Run(config, "{").exit_code, 2);
  const ProgramResult missing =
      RunProgram({"ropectl", "positions", "--config", "/nowhere", "--input", "-", "--json"}, "{}");
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_STREQ(Parse(missing.out)["error"]["code"].GetString(), "IO");
  EXPECT_EQ(RunProgram({"ropectl", "positions", "--config", "-"}).exit_code, 2);
  EXPECT_THAT(RunProgram({"ropectl", "positions", "--help"}).out, HasSubstr("docs/positions.md"));
}

}  // namespace
}  // namespace rope
