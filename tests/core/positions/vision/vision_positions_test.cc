// Positions that real vision towers handed to their rotary module, and what must hold for others.
#include "core/positions/vision/vision_positions.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidjson/document.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"
#include "tests/core/positions/build_from_text.h"
#include "tests/testing/golden_records.h"

namespace rope {
namespace {

using rapidjson::Value;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string TextOf(const Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return buffer.GetString();
}

// Ids are "A/transformers/FAMILY/vision-positions/NAME".
std::string FamilyOf(const Value& record) {
  const std::vector<std::string> parts = absl::StrSplit(record["id"].GetString(), '/');
  return parts[2];
}

std::vector<int64_t> Numbers(const Value& list) {
  std::vector<int64_t> numbers;
  for (const Value& element : list.GetArray()) {
    if (element.IsArray()) {
      const std::vector<int64_t> inner = Numbers(element);
      numbers.insert(numbers.end(), inner.begin(), inner.end());
    } else {
      numbers.push_back(element.GetInt64());
    }
  }
  return numbers;
}

// The record's vision configuration as part of a config.json, with the sizes that the tower has.
std::string Config(const Value& record) {
  rapidjson::Document vision;
  vision.CopyFrom(record["config"], vision.GetAllocator());
  for (const char* key : {"spatial_merge_size", "patch_size"}) {
    vision.AddMember(Value(key, vision.GetAllocator()), Value(record[key], vision.GetAllocator()),
                     vision.GetAllocator());
  }
  if (record.HasMember("window")) {
    vision.AddMember("window_size", record["window"]["window_size"].GetInt64(),
                     vision.GetAllocator());
  }
  return absl::StrCat(R"({"model_type": ")", FamilyOf(record), R"(", "vision_config": )",
                      TextOf(vision), "}");
}

TEST(VisionPositionsTest, EveryRecordComesOutTheSame) {
  std::set<std::string> families;
  testing::ForEachRecord("vision_positions.jsonl", [&](const Value& record) {
    SCOPED_TRACE(record["id"].GetString());
    families.insert(FamilyOf(record));
    const auto positions = testing::BuildVisionFromText(Config(record), TextOf(record["input"]));
    ASSERT_TRUE(positions.ok()) << positions.status();
    EXPECT_EQ(positions->axes, record["position_ids"][0].Size());
    EXPECT_EQ(positions->position_ids, Numbers(record["position_ids"]));
    if (record.HasMember("window") && record["window"].HasMember("window_index")) {
      EXPECT_EQ(positions->window_index, Numbers(record["window"]["window_index"]));
      EXPECT_EQ(positions->cu_window_seqlens, Numbers(record["window"]["cu_window_seqlens"]));
    } else {
      EXPECT_TRUE(positions->window_index.empty());
    }
  });
  for (const VisionFamily& family : AllVisionFamilies()) {
    EXPECT_TRUE(families.contains(std::string(family.model_type))) << family.model_type;
  }
}

// Every place of a grid occurs once in each frame, whatever the order.
TEST(VisionPositionsTest, EveryPlaceOccursOnceInEachFrame) {
  for (const VisionFamily& family : AllVisionFamilies()) {
    if (family.input != VisionInput::kGrids) continue;
    SCOPED_TRACE(std::string(family.model_type));
    const auto positions = testing::BuildVisionFromText(
        absl::StrCat(R"({"model_type": ")", family.model_type, R"(", "pos_emb_height": 3})"),
        family.merge == VisionMerge::kPerPicture ? R"({"grid": [[2, 6, 8]], "merge_sizes": [2]})"
                                                 : R"({"grid": [[2, 6, 8]]})");
    ASSERT_TRUE(positions.ok()) << positions.status();
    const auto axes = static_cast<size_t>(positions->axes);
    std::multiset<std::pair<int64_t, int64_t>> places;
    for (size_t i = axes - 2; i < positions->position_ids.size(); i += axes) {
      std::pair<int64_t, int64_t> place(positions->position_ids[i], positions->position_ids[i + 1]);
      if (family.column_first) std::swap(place.first, place.second);
      places.insert(place);
    }
    for (int64_t row = 0; row < 6; ++row) {
      for (int64_t column = 0; column < 8; ++column) {
        EXPECT_EQ(places.count({row + family.first, column + family.first}), 2U);
      }
    }
    EXPECT_EQ(places.size(), 96U + (family.has_class_row ? 1 : 0));
  }
}

TEST(VisionPositionsTest, WindowsHoldEveryTokenOnce) {
  const auto positions = testing::BuildVisionFromText(
      R"({"model_type": "qwen2_5_vl", "vision_config": {"window_size": 84}})",
      R"({"grid": [[2, 10, 14], [1, 2, 2]]})");
  ASSERT_TRUE(positions.ok()) << positions.status();
  std::vector<int64_t> sorted = positions->window_index;
  std::sort(sorted.begin(), sorted.end());
  ASSERT_EQ(sorted.size(), 71U);
  for (size_t i = 0; i < sorted.size(); ++i) EXPECT_EQ(sorted[i], static_cast<int64_t>(i));
  EXPECT_TRUE(std::is_sorted(positions->cu_window_seqlens.begin(),
                             positions->cu_window_seqlens.end(), std::less_equal<>()))
      << "no window is empty";
  EXPECT_EQ(positions->cu_window_seqlens.back(), 284);
}

TEST(VisionPositionsTest, TheVisionPartAloneIsAConfigurationToo) {
  for (const char* config :
       {R"({"model_type": "qwen2_vl_vision", "spatial_merge_size": 1})",
        R"({"model_type": "qwen2_vl", "vision_config": {"spatial_merge_size": 1}})"}) {
    const auto positions = testing::BuildVisionFromText(config, R"({"grid": [[1, 2, 2]]})");
    ASSERT_TRUE(positions.ok()) << positions.status();
    EXPECT_THAT(positions->position_ids, ElementsAre(0, 0, 0, 1, 1, 0, 1, 1));
  }
  const auto thinker = testing::BuildVisionFromText(
      R"({"model_type": "qwen2_5_omni", "thinker_config": {"vision_config":
          {"spatial_merge_size": 1, "window_size": 14}}})",
      R"({"grid": [[1, 1, 2]]})");
  ASSERT_TRUE(thinker.ok()) << thinker.status();
  EXPECT_THAT(thinker->cu_window_seqlens, ElementsAre(0, 1, 2));
}

TEST(VisionPositionsTest, Errors) {
  const struct {
    const char* config;
    const char* inputs;
    const char* message;
  } cases[] = {
      {R"({"model_type": "llama"})", "{}", "qwen2_5_vl"},
      {"{}", "{}", "model_type: "},
      {R"({"model_type": "qwen2_vl"})", "{}", "grid: it is missing"},
      {R"({"model_type": "qwen2_vl"})", R"({"pixels": [28, 28]})", "pixels: the vision tower"},
      {R"({"model_type": "qwen2_vl"})", R"({"grid": [[1, 3, 2]]})", "grid[0]: 3 rows"},
      {R"({"model_type": "qwen2_vl"})", R"({"grid": [[1, 0, 2]]})", "grid[0][1]: 0"},
      {R"({"model_type": "qwen2_vl"})", R"({"grid": [[8192, 8192, 8192]]})", "more than 67108864"},
      {R"({"model_type": "qwen2_vl"})", R"({"grid": [[1, 8192, 8192]]})", "2 axes are too many"},
      {R"({"model_type": "qwen2_5_vl", "window_size": 13})", "{}", "window_size: 13 is less"},
      {R"({"model_type": "qwen2_vl", "patch_size": 0})", "{}", "patch_size: must be an integer"},
      {R"({"model_type": "mlcd"})", R"({"pixels": [13, 28]})", "at least one patch of 14"},
      {R"({"model_type": "mlcd"})", R"({"pixels": [28]})", "must be [height, width]"},
      {R"({"model_type": "pixtral"})", R"({"sizes": [[32, 32], [1, 32]]})", "sizes[1]: 1 pixels"},
      {R"({"model_type": "video_llama_3"})", R"({"grid": [[1, 2, 2]]})", "merge_sizes: has 0"},
      {R"({"model_type": "video_llama_3"})", R"({"grid": [[1, 2, 2]], "merge_sizes": [0]})",
       "merge_sizes[0]: 0"},
  };
  for (const auto& bad : cases) {
    SCOPED_TRACE(absl::StrCat(bad.config, " ", bad.inputs));
    const auto positions = testing::BuildVisionFromText(bad.config, bad.inputs);
    EXPECT_EQ(positions.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(positions.status().message()), HasSubstr(bad.message));
  }
}

}  // namespace
}  // namespace rope
