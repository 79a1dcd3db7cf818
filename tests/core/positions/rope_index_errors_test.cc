// Arguments that do not fit each other: the error names the path and what would be allowed.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/positions/build_from_text.h"

namespace rope {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Case {
  const char* config;  // members after model_type
  const char* inputs;
  const char* path;     // how the message begins
  const char* allowed;  // a part of the message that says what would be allowed
};

void ExpectErrors(const std::string& model_type, const std::vector<Case>& cases) {
  for (const Case& bad : cases) {
    SCOPED_TRACE(bad.inputs);
    const auto index = testing::BuildFromText(
        absl::StrCat(R"({"model_type": ")", model_type, R"(")", bad.config, "}"), bad.inputs);
    ASSERT_FALSE(index.ok());
    EXPECT_EQ(index.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(index.status().message()), StartsWith(bad.path));
    EXPECT_THAT(std::string(index.status().message()), HasSubstr(bad.allowed));
  }
}

TEST(RopeIndexErrorsTest, Shapes) {
  ExpectErrors(
      "qwen2_vl",
      {{"", "[]", "inputs:", "an object"},
       {"", "{}", "input_ids:", "a list of rows"},
       {"", R"({"input_ids": []})", "input_ids:", "a list of rows"},
       {"", R"({"input_ids": [[]]})", "input_ids:", "a list of rows"},
       {"", R"({"input_ids": 3})", "input_ids:", "a list of rows"},
       {"", R"({"input_ids": [3]})", "input_ids[0]:", "a list of integers"},
       {"", R"({"input_ids": [[1, 2.5]]})", "input_ids[0][1]:", "an integer"},
       {"", R"({"input_ids": [[1, 2], [3]]})", "input_ids[1]:", "it must have 2"},
       {"", R"({"input_ids": [[1, 2]]})", "mm_token_type_ids:", "0 for text"},
       {"", R"({"input_ids": [[1, 2]], "mm_token_type_ids": [[0]]})",
        "mm_token_type_ids[0]:", "it must have 2"},
       {"", R"({"input_ids": [[1, 2]], "mm_token_type_ids": [[0, 0], [0, 0]]})",
        "mm_token_type_ids:", "input_ids has 1"},
       {"", R"({"input_ids": [[1, 2]], "mm_token_type_ids": [[0, 3]]})",
        "mm_token_type_ids[0][1]:", "from 0 to 2"},
       {"", R"({"input_ids": [[1, 2]], "mm_token_type_ids": [[0, 0]], "attention_mask": [[1, 2]]})",
        "attention_mask[0][1]:", "from 0 to 1"},
       {"", R"({"input_ids": [[1, 2]], "mm_token_type_ids": [[0, 0]], "attention_mask": [[0, 0]]})",
        "attention_mask[0]:", "at least one entry must be 1"},
       {"", R"({"input_ids": [[1]], "mm_token_type_ids": [[0]], "image_grid_thw": [[1, 2]]})",
        "image_grid_thw[0]:", "has 3"},
       {"", R"({"input_ids": [[1]], "mm_token_type_ids": [[0]], "image_grid_thw": [[1, -2, 2]]})",
        "image_grid_thw[0][1]: -2", "from 1 to 67108864"},
       {"", R"({"input_ids": [[1]], "mm_token_type_ids": [[0]], "grid": [[1, 2, 2]]})", "grid:",
        "it takes input_ids, mm_token_type_ids, attention_mask, image_grid_thw, video_grid_thw"},
       {"", R"({"input_ids": [[1]], "second_per_grid_ts": [1.0]})",
        "second_per_grid_ts:", "qwen2_vl does not take"}});
}

TEST(RopeIndexErrorsTest, TooLarge) {
  const std::string types = R"("input_ids": [[1]], "mm_token_type_ids": [[1]], )";
  for (const char* grid : {"[67108865, 1, 1]", "[9223372036854775807, 2, 2]"}) {
    const auto index =
        testing::BuildFromText(R"({"model_type": "qwen3_vl"})",
                               absl::StrCat("{", types, R"("image_grid_thw": [)", grid, "]}"));
    EXPECT_THAT(index.status().ToString(), HasSubstr("image_grid_thw[0][0]"));
  }
  const auto sides = testing::BuildFromText(
      R"({"model_type": "qwen3_vl"})",
      absl::StrCat("{", types, R"("video_grid_thw": [[67108864, 67108864, 67108864]]})"));
  EXPECT_THAT(sides.status().ToString(), HasSubstr("more than 67108864 patches"));
  RopeIndexArguments arguments;
  arguments.input_ids.assign(1, std::vector<int64_t>((kMaxBuiltPositions / 3) + 1, 5));
  const auto settings = ReadPositionSettings(ReadJson(R"({"model_type": "qwen3_omni_moe"})")->root);
  ASSERT_TRUE(settings.ok());
  const auto tokens = BuildRopeIndex(*settings, arguments);
  EXPECT_THAT(tokens.status().ToString(), HasSubstr("input_ids: 1 rows of 22369622 tokens"));
}

TEST(RopeIndexErrorsTest, GridsAndTokensThatDoNotFit) {
  ExpectErrors(
      "qwen3_vl",
      {{"", R"({"input_ids": [[1, 1]], "mm_token_type_ids": [[0, 1]]})",
        "mm_token_type_ids[0][1]: no grid is left", "image_grid_thw has 0 grids"},
       {"", R"({"input_ids": [[1, 1]], "mm_token_type_ids": [[0, 1]],
                "image_grid_thw": [[1, 4, 4]]})",
        "mm_token_type_ids[0][1]: the length of this run is 1", "image_grid_thw[0] needs 4"},
       {"", R"({"input_ids": [[1, 1]], "mm_token_type_ids": [[0, 1]],
                "image_grid_thw": [[1, 2, 2], [1, 2, 2]]})",
        "image_grid_thw[1]: no tokens", "tokens for every grid"},
       {"", R"({"input_ids": [[1, 1]], "mm_token_type_ids": [[0, 2]],
                "video_grid_thw": [[2, 2, 2]]})",
        "video_grid_thw[0]: no tokens are left for this grid from frame 1", "for every grid"},
       {R"(, "vision_config": {"spatial_merge_size": 0})", R"({"input_ids": [[1]]})",
        "vision_config.spatial_merge_size: ", "from 1 to 67108864, not 0"},
       {R"(, "spatial_merge_size": "2")", R"({"input_ids": [[1]]})",
        "spatial_merge_size: ", "an integer"}});
  ExpectErrors("hunyuan_vl",
               {{"", R"({"input_ids": [[1]]})", "rope_parameters.mrope_section: it is missing",
                 "at least 3 sections"},
                {R"(, "text_config": {"rope_parameters": {"mrope_section": [32, 32]}})",
                 R"({"input_ids": [[1]]})", "text_config.rope_parameters.mrope_section: it has 2",
                 "at least 3 sections"},
                {R"(, "rope_parameters": {"mrope_section": [24, 20, 20]})",
                 R"({"input_ids": [[1, 1]], "mm_token_type_ids": [[1, 1]],
                     "image_grid_thw": [[1, 4, 4]]})",
                 "mm_token_type_ids[0][0]: the length of this run is 2", "needs 6, or two more"}});
}

TEST(RopeIndexErrorsTest, Seconds) {
  const std::string tokens = R"({"input_ids": [[1]], "mm_token_type_ids": [[2]],
                                 "video_grid_thw": [[1, 2, 2]], "second_per_grid_ts": )";
  for (const char* bad : {"[-1]", "[NaN]", "[1e9]"}) {
    const auto index =
        testing::BuildFromText(R"({"model_type": "qwen2_5_vl"})", tokens + bad + "}");
    EXPECT_THAT(index.status().ToString(), HasSubstr("second_per_grid_ts[0]: ")) << bad;
    EXPECT_THAT(index.status().ToString(), HasSubstr("from 0 to 67108864")) << bad;
  }
  ExpectErrors(
      "qwen2_5_vl",
      {{"", R"({"input_ids": [[1]], "mm_token_type_ids": [[2]], "video_grid_thw": [[1, 2, 2]],
                "second_per_grid_ts": [1, 2]})",
        "second_per_grid_ts: has 2", "each of the 1 grids"},
       {"", R"({"input_ids": [[1]], "mm_token_type_ids": [[2]], "video_grid_thw": [[1, 2, 2]],
                "second_per_grid_ts": ["1"]})",
        "second_per_grid_ts[0]:", "a number"},
       {"", R"({"input_ids": [[1]], "second_per_grids": [1]})",
        "second_per_grids:", "it takes input_ids"},
       {R"(, "tokens_per_second": 67108864)",
        R"({"input_ids": [[1, 1]], "mm_token_type_ids": [[2, 2]], "video_grid_thw": [[2, 2, 2]],
            "second_per_grid_ts": [1000]})",
        "second_per_grid_ts[0]: puts the last frame", "end at 2147483647"}});
}

TEST(RopeIndexErrorsTest, Omni) {
  const char* ids = R"(, "vision_start_token_id": 90)";
  ExpectErrors("qwen3_omni_moe_thinker",
               {{"", R"({"input_ids": [[1]], "image_grid_thw": [[1, 2, 2]]})",
                 "vision_start_token_id:", "must be the id of a token"},
                {ids, R"({"input_ids": [[1]], "video_grid_thw": [[1, 2, 2]]})",
                 "second_per_grids:", "each of the 1 grids"},
                {ids, R"({"input_ids": [[1, 151655]], "image_grid_thw": [[1, 2, 2]]})",
                 "input_ids[0][1]:", "behind a vision_start_token_id"},
                {ids, R"({"input_ids": [[90, 5]], "image_grid_thw": [[1, 2, 2]]})",
                 "input_ids[0][0]:", "must come behind this vision_start_token_id"},
                {ids, R"({"input_ids": [[90, 151655]], "image_grid_thw": [[1, 2, 2]]})",
                 "input_ids[0][1]:", "an end token must come"},
                {ids, R"({"input_ids": [[90, 151655, 5]], "image_grid_thw": [[1, 4, 2]]})",
                 "input_ids[0][1]: the length of this run is 1", "needs 2"},
                {ids, R"({"input_ids": [[151647, 5]], "image_grid_thw": []})",
                 "input_ids[0][0]: audio", "only text is"},
                {ids, R"({"input_ids": [[1]], "image_grid_thw": [], "use_audio_in_video": true})",
                 "use_audio_in_video:", "must be false"},
                {R"(, "image_token_id": -1)", R"({"input_ids": [[1]]})",
                 "image_token_id:", "an integer from 0"}});
}

TEST(RopeIndexErrorsTest, GlmImage) {
  ExpectErrors(
      "glm_image",
      {{"", R"({"input_ids": [[16384, 5, 16385]], "image_grid_thw": [[1, 2, 2]]})",
        "input_ids[0][2]:", "needs 4"},
       {"", R"({"input_ids": [[16385, 16384]], "image_grid_thw": [[1, 2, 2]]})",
        "input_ids[0][0]:", "must alternate"},
       {"", R"({"input_ids": [[1]], "image_grid_thw": [[1, 2, 2]], "images_per_sample": [1, 0]})",
        "images_per_sample:", "one for each row"},
       {"", R"({"input_ids": [[1]], "image_grid_thw": [[1, 2, 2]], "images_per_sample": [0]})",
        "images_per_sample[0]: 0", "1 of the 1 grids"},
       {"", R"({"input_ids": [[1]], "image_grid_thw": [[1, 2, 2]], "images_per_sample": [-1]})",
        "images_per_sample[0]: -1", "1 of the 1 grids"},
       {"", R"({"input_ids": [[1]], "mm_token_type_ids": [[0]]})", "mm_token_type_ids:",
        "it takes input_ids, attention_mask, image_grid_thw, images_per_sample"}});
}

TEST(RopeIndexErrorsTest, AnUnknownFamilyNamesTheKnownOnes) {
  for (const char* config : {R"({"model_type": "llama"})", "{}", R"({"model_type": 3})"}) {
    const auto settings = ReadPositionSettings(ReadJson(config)->root);
    EXPECT_THAT(settings.status().ToString(), HasSubstr("model_type: "));
    for (const PositionFamily& family : AllPositionFamilies()) {
      EXPECT_THAT(settings.status().ToString(), HasSubstr(std::string(family.model_type)));
    }
  }
}

}  // namespace
}  // namespace rope
