// What must hold for every family, and what the rules say about cases that no record has.
#include "core/positions/rope_index.h"

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/positions/build_from_text.h"

namespace rope {
namespace {

using ::testing::ElementsAre;

// A configuration of the family that says no more than it must.
std::string Minimal(absl::string_view model_type) {
  return absl::StrCat(R"({"model_type": ")", model_type, R"(", "vision_start_token_id": 90,
      "image_token_id": 91, "video_token_id": 92,
      "text_config": {"rope_parameters": {"mrope_section": [24, 20, 20]}}})");
}

std::string Rows(const std::vector<std::vector<int>>& rows) {
  return absl::StrCat("[",
                      absl::StrJoin(rows, ",",
                                    [](std::string* out, const auto& row) {
                                      absl::StrAppend(out, "[", absl::StrJoin(row, ","), "]");
                                    }),
                      "]");
}

// The arguments of text with this mask.
std::string TextInputs(const PositionFamily& family, const std::vector<std::vector<int>>& mask) {
  const std::vector<std::vector<int>> ids(mask.size(), std::vector<int>(mask[0].size(), 7));
  const std::vector<std::vector<int>> types(mask.size(), std::vector<int>(mask[0].size(), 0));
  std::string inputs =
      absl::StrCat(R"({"input_ids": )", Rows(ids), R"(, "attention_mask": )", Rows(mask));
  if ((family.arguments & kTypeIds) != 0) {
    absl::StrAppend(&inputs, R"(, "mm_token_type_ids": )", Rows(types));
  }
  return inputs + "}";
}

std::vector<double> Numbers(const PositionValues& values) {
  return std::visit([](const auto& list) { return std::vector<double>(list.begin(), list.end()); },
                    values);
}

// One axis of one row.
std::vector<double> Line(const RopeIndex& index, int64_t axis, int64_t row) {
  const std::vector<double> all = Numbers(index.position_ids);
  const auto begin = all.begin() + (axis * index.rows + row) * index.tokens;
  return {begin, begin + index.tokens};
}

TEST(RopeIndexTest, TextCountsOnAllAxes) {
  for (const PositionFamily& family : AllPositionFamilies()) {
    SCOPED_TRACE(std::string(family.model_type));
    const auto index = testing::BuildFromText(Minimal(family.model_type),
                                              TextInputs(family, {{1, 1, 1, 1}, {1, 1, 1, 1}}));
    ASSERT_TRUE(index.ok()) << index.status();
    EXPECT_EQ(index->axes, 3);
    for (int64_t axis = 0; axis < index->axes; ++axis) {
      for (int64_t row = 0; row < 2; ++row) {
        EXPECT_THAT(Line(*index, axis, row), ElementsAre(0, 1, 2, 3));
      }
    }
    EXPECT_THAT(Numbers(index->rope_deltas), ElementsAre(0, 0));
  }
}

TEST(RopeIndexTest, PaddingAnywhereDoesNotMoveTokens) {
  for (const PositionFamily& family : AllPositionFamilies()) {
    SCOPED_TRACE(std::string(family.model_type));
    const auto index = testing::BuildFromText(
        Minimal(family.model_type), TextInputs(family, {{0, 0, 1, 1, 1}, {1, 0, 1, 0, 1}}));
    ASSERT_TRUE(index.ok()) << index.status();
    for (int64_t axis = 0; axis < index->axes; ++axis) {
      const std::vector<double> left = Line(*index, axis, 0);
      const std::vector<double> holes = Line(*index, axis, 1);
      EXPECT_THAT(std::vector<double>(left.begin() + 2, left.end()), ElementsAre(0, 1, 2));
      EXPECT_THAT((std::vector<double>{holes[0], holes[2], holes[4]}), ElementsAre(0, 1, 2));
      EXPECT_EQ(left[0], holes[1]) << "all padding has the same position";
    }
    EXPECT_THAT(Numbers(index->rope_deltas), ElementsAre(0, 0));
  }
}

// Rows do not know each other, except that HunYuan-VL numbers the pictures of the batch.
TEST(RopeIndexTest, ABatchIsItsRows) {
  const std::string row = R"([[5, 6, 6, 6, 6, 6, 6, 7, 8]])";
  const std::string types = R"([[0, 1, 1, 1, 1, 1, 1, 0, 0]])";
  const auto twice = [](const std::string& rows) {
    const std::string inner = rows.substr(1, rows.size() - 2);
    return absl::StrCat("[", inner, ",", inner, "]");
  };
  for (const PositionFamily& family : AllPositionFamilies()) {
    if ((family.arguments & kTypeIds) == 0) continue;
    SCOPED_TRACE(std::string(family.model_type));
    const bool has_newlines =
        family.video_frames == VideoFrames::kOwnBlock || family.model_type == "hunyuan_vl";
    const std::string grid = has_newlines ? "[1, 4, 4]" : "[1, 4, 6]";
    const auto one =
        testing::BuildFromText(Minimal(family.model_type),
                               absl::StrCat(R"({"input_ids": )", row, R"(, "mm_token_type_ids": )",
                                            types, R"(, "image_grid_thw": [)", grid, "]}"));
    ASSERT_TRUE(one.ok()) << one.status();
    const auto two = testing::BuildFromText(
        Minimal(family.model_type),
        absl::StrCat(R"({"input_ids": )", twice(row), R"(, "mm_token_type_ids": )", twice(types),
                     R"(, "image_grid_thw": [)", grid, ",", grid, "]}"));
    ASSERT_TRUE(two.ok()) << two.status();
    for (int64_t axis = 0; axis < 3; ++axis) {
      EXPECT_EQ(Line(*two, axis, 0), Line(*one, axis, 0));
      if (family.model_type != "hunyuan_vl" || axis < 2) {
        EXPECT_EQ(Line(*two, axis, 1), Line(*one, axis, 0));
      }
    }
    if (family.model_type == "hunyuan_vl") {
      EXPECT_THAT(Line(*two, 2, 1), ElementsAre(0, 1, 1, 1, 1, 1, 1, 7, 8));
    }
  }
}

// The paper of Qwen2-VL: an image of one token is a token like any other.
TEST(RopeIndexTest, AnImageOfOneTokenIsLikeText) {
  const auto index = testing::BuildFromText(
      Minimal("qwen2_vl"), R"({"input_ids": [[5, 6, 7]], "mm_token_type_ids": [[0, 1, 0]],
                               "image_grid_thw": [[1, 2, 2]]})");
  ASSERT_TRUE(index.ok()) << index.status();
  for (int64_t axis = 0; axis < 3; ++axis) EXPECT_THAT(Line(*index, axis, 0), ElementsAre(0, 1, 2));
}

// Text after a long video continues from the sides of its frames, so positions go backwards.
TEST(RopeIndexTest, TextAfterALongVideoGoesBackwards) {
  const auto index = testing::BuildFromText(
      Minimal("qwen2_5_vl"), R"({"input_ids": [[6, 6, 6, 7]], "mm_token_type_ids": [[2, 2, 2, 0]],
                                 "video_grid_thw": [[3, 2, 2]], "second_per_grid_ts": [2.5]})");
  ASSERT_TRUE(index.ok()) << index.status();
  EXPECT_THAT(Line(*index, 0, 0), ElementsAre(0, 10, 20, 1));
  EXPECT_THAT(Line(*index, 1, 0), ElementsAre(0, 0, 0, 1));
  EXPECT_THAT(Numbers(index->rope_deltas), ElementsAre(17));
}

TEST(RopeIndexTest, FractionsOfSecondsStayInQwen3OmniAlone) {
  const std::string inputs = R"({"input_ids": [[90, 92, 92, 1]], "video_grid_thw": [[2, 2, 2]],
                                 "second_per_grids": [0.5]})";
  const auto fraction = testing::BuildFromText(Minimal("qwen3_omni_moe"), inputs);
  const auto whole = testing::BuildFromText(Minimal("qwen2_5_omni"), inputs);
  ASSERT_TRUE(fraction.ok() && whole.ok()) << fraction.status() << whole.status();
  EXPECT_TRUE(std::holds_alternative<std::vector<float>>(fraction->position_ids));
  EXPECT_TRUE(std::holds_alternative<std::vector<int64_t>>(whole->position_ids));
  EXPECT_THAT(Line(*fraction, 0, 0), ElementsAre(0, 1, 13.5, 14.5));
  EXPECT_THAT(Line(*whole, 0, 0), ElementsAre(0, 1, 13, 14));
}

TEST(RopeIndexTest, FamiliesAreSortedAndFound) {
  const auto families = AllPositionFamilies();
  EXPECT_TRUE(std::is_sorted(families.begin(), families.end(), [](const auto& a, const auto& b) {
    return a.model_type < b.model_type;
  }));
  for (const PositionFamily& family : families) {
    const auto found = FindPositionFamily(family.model_type);
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(*found, &family);
  }
}

TEST(RopeIndexTest, OmniReadsTheConfigurationOfItsThinker) {
  const std::string config = R"({"model_type": "qwen2_5_omni", "thinker_config": {
      "vision_start_token_id": 80, "image_token_index": 81, "position_id_per_seconds": 3,
      "vision_config": {"spatial_merge_size": 1}}})";
  const auto index = testing::BuildFromText(
      config, R"({"input_ids": [[80, 81, 81, 1]], "image_grid_thw": [[2, 1, 1]]})");
  ASSERT_TRUE(index.ok()) << index.status();
  EXPECT_THAT(Line(*index, 0, 0), ElementsAre(0, 1, 4, 5));
}

// The sequence numbers that a picture does not have do not count: 6 tokens, and columns up to 2.
TEST(RopeIndexTest, HunYuanDeltaCountsPositionsThatTokensHave) {
  const auto index =
      testing::BuildFromText(Minimal("hunyuan_vl"), R"({"input_ids": [[6, 6, 6, 6, 6, 6]],
                                 "mm_token_type_ids": [[1, 1, 1, 1, 1, 1]],
                                 "image_grid_thw": [[1, 4, 4]]})");
  ASSERT_TRUE(index.ok()) << index.status();
  EXPECT_THAT(Line(*index, 0, 0), ElementsAre(0, 1, 2, 0, 1, 2));
  EXPECT_THAT(Numbers(index->rope_deltas), ElementsAre(-3));
}

TEST(RopeIndexTest, HunYuanHasAsManyAxesAsSections) {
  for (const char* sections :
       {R"("text_config": {"rope_parameters": {"mrope_section": [16, 16, 16, 16]}})",
        R"("text_config": {"rope_scaling": {"xdrope_section": [16, 16, 16, 16]}})",
        R"("rope_scaling": {"xdrope_section": [16, 16, 16, 16]})"}) {
    const auto index =
        testing::BuildFromText(absl::StrCat(R"({"model_type": "hunyuan_vl", )", sections, "}"),
                               R"({"input_ids": [[1, 1]], "mm_token_type_ids": [[0, 0]]})");
    ASSERT_TRUE(index.ok()) << index.status();
    EXPECT_EQ(index->axes, 4);
    EXPECT_EQ(Numbers(index->position_ids).size(), 8U);
  }
}

}  // namespace
}  // namespace rope
