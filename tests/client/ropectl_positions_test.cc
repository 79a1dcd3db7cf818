// ropectl positions, which needs no server: JSON as scripts read it, text, and exit codes.
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

  // Runs the command with the configuration in a file and the input on standard input.
  ProgramResult Run(const std::string& config, const std::string& input,
                    std::vector<std::string> more = {}) const {
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
