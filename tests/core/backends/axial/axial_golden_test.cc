// Tables of towers and diffusion transformers against transformers and diffusers: every record of
// tests/golden/axial.jsonl. cos and sin are correctly rounded here, and the libraries' may be off.
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/backends/axis_rows.h"
#include "core/backends/backends.h"
#include "core/config/families/families.h"
#include "core/config/model_config.h"
#include "core/json/json_reader.h"
#include "core/positions/vision/grid_positions.h"
#include "gtest/gtest.h"
#include "tests/core/backends/axial/axial_case.h"
#include "tests/testing/golden_records.h"
#include "tests/testing/paths.h"

namespace rope {
namespace {

using testing::AxialCase;
using testing::AxialRecord;
using testing::PositionRows;

PositionIds PositionsOf(const PositionRows& rows) {
  const size_t axes = rows.front().size();
  std::vector<double> values;
  for (size_t axis = 0; axis < axes; ++axis) {
    for (const std::vector<double>& row : rows) values.push_back(row[axis]);
  }
  return axes == 1 ? *PositionIds::Fractional(values)
                   : *PositionIds::Axes(static_cast<int64_t>(axes), values);
}

int64_t UlpBetween(float a, float b) {
  const auto ordered = [](float x) {
    const auto bits = std::bit_cast<int32_t>(x);
    return int64_t{bits < 0 ? std::numeric_limits<int32_t>::min() - bits : bits};
  };
  return std::abs(ordered(a) - ordered(b));
}

int64_t LargestDifference(const std::vector<float>& ours, const std::vector<float>& recorded) {
  EXPECT_EQ(ours.size(), recorded.size());
  if (ours.size() != recorded.size()) return std::numeric_limits<int64_t>::max();
  int64_t largest = 0;
  for (size_t i = 0; i < ours.size(); ++i) {
    largest = std::max(largest, UlpBetween(ours[i], recorded[i]));
  }
  return largest;
}

// The largest difference of any entry in ulp.
int64_t Difference(const AxialCase& one) {
  constexpr int64_t kFailed = std::numeric_limits<int64_t>::max();
  const ModelConfigReport report = ReadModelConfig(one.document);
  const LayerTypeConfig* layer = report.Find("");
  EXPECT_NE(layer, nullptr) << one.document << "\n"
                            << (report.findings.empty() ? "" : report.findings[0].message);
  if (layer == nullptr) return kFailed;
  const PositionIds positions = PositionsOf(one.positions);
  const auto plan = MakeFrequencyPlan(*layer->config, NumericProfile::kHf, positions.seq_len(),
                                      HfCallSite::kForward);
  EXPECT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(CheckAxes(*plan, positions, one.layout), absl::OkStatus());
  std::vector<float> cos(positions.size() * RowWidth(one.layout, plan->half_width()));
  std::vector<float> sin(IsJoined(one.layout) ? 0 : cos.size());
  EXPECT_EQ(
      FillTableRows(
          BestBackend(), *plan, positions, 0, positions.size(), {DType::kFloat32, one.layout}, 1,
          {reinterpret_cast<std::byte*>(cos.data()), reinterpret_cast<std::byte*>(sin.data())}),
      absl::OkStatus());
  return std::max(LargestDifference(cos, one.cos), LargestDifference(sin, one.sin));
}

// torch's cos and sin are up to 1 ulp from the correctly rounded ones. OmniGen multiplies them by a
// factor, which rounds once more.
int64_t LargestAllowed(const rapidjson::Value& record) {
  return record["cls"] == "OmniGenSuScaledRotaryEmbedding" ? 2 : 1;
}

struct Tally {
  int cases = 0;
  int equal = 0;
  int within_one = 0;
  int within_two = 0;
  std::string reason;
};

TEST(AxialGoldenTest, EveryRecord) {
  std::map<std::string, Tally> tallies;
  testing::ForEachRecord("axial.jsonl", [&](const rapidjson::Value& record) {
    SCOPED_TRACE(record["id"].GetString());
    const bool tower = std::string(record["library"].GetString()) == "transformers";
    const AxialRecord cases =
        tower ? testing::TowerRecord(record) : testing::DiffusionRecord(record);
    Tally& tally = tallies[record["cls"].GetString()];
    if (!cases.not_compared.empty()) {
      ++tally.cases;
      tally.reason = cases.not_compared;
    }
    for (const AxialCase& one : cases.cases) {
      const int64_t difference = Difference(one);
      EXPECT_LE(difference, LargestAllowed(record)) << "ulp, " << one.document;
      ++tally.cases;
      tally.equal += difference == 0 ? 1 : 0;
      tally.within_one += difference == 1 ? 1 : 0;
      tally.within_two += difference == 2 ? 1 : 0;
    }
  });
  std::printf("%-34s %5s %6s %6s %6s  %s\n", "class", "cases", "equal", "1 ulp", "2 ulp",
              "not compared");
  for (const auto& [name, tally] : tallies) {
    std::printf("%-34s %5d %6d %6d %6d  %s\n", name.c_str(), tally.cases, tally.equal,
                tally.within_one, tally.within_two, tally.reason.c_str());
  }
}

// A tower of 8 lanes, or of 9 if it has three axes.
std::string SmallTower(const Family& family) {
  const AxialRule& rule = *family.axial;
  const int64_t heads = rule.reads_partial ? 8 : 1;
  std::string document =
      absl::StrCat(R"({"model_type":")", family.model_type, R"(",")", rule.width,
                   "\":", rule.axes == 3 ? 18 : 16, ",\"", rule.heads, "\":", heads);
  if (!rule.divisor.empty()) absl::StrAppend(&document, ",\"", rule.divisor, "\":1");
  if (family.head_dim.default_value.has_value()) document += R"(,"head_dim":16)";
  return document + "}";
}

// docs/vision.md shows which lane of each tower takes which axis.
TEST(VisionPageTest, ShowsTheLanesOfEveryTower) {
  std::ifstream stream(ROPE_SOURCE_DIR "/docs/vision.md");
  const std::string page(std::istreambuf_iterator<char>(stream), {});
  int towers = 0;
  for (const Family& family : AllFamilies()) {
    if (family.axial == nullptr) continue;
    const ModelConfigReport report = ReadModelConfig(SmallTower(family));
    const LayerTypeConfig* layer = report.Find("");
    ASSERT_NE(layer, nullptr) << SmallTower(family) << report.findings[0].message;
    const std::string picture =
        absl::StrCat("`", absl::StrJoin(layer->axes.of_frequency, " "), "`");
    bool is_shown = false;
    for (const absl::string_view line : absl::StrSplit(page, '\n')) {
      is_shown = is_shown || (absl::StrContains(line, absl::StrCat("`", family.model_type, "`")) &&
                              absl::StrContains(line, absl::StrCat("| ", picture, " |")));
    }
    EXPECT_TRUE(is_shown) << family.model_type << " " << picture;
    ++towers;
  }
  EXPECT_EQ(towers, 39);
}

// The positions that a tower's own code makes of one picture.
TEST(GridPositionsTest, AreThoseOfTheTower) {
  int pictures = 0;
  testing::ForEachRecord("axial.jsonl", [&](const rapidjson::Value& record) {
    const auto& input = record["input"];
    if (!input.HasMember("grid_thw") || input["grid_thw"].Size() != 1) return;
    const std::vector<int64_t> sides = testing::Integers(input["grid_thw"][0]);
    const JsonResult config = ReadJson(testing::TextOf(record["config"]));
    const auto built = BuildGridPositions(config->root, {sides[0], sides[1], sides[2]});
    ASSERT_TRUE(built.ok()) << record["id"].GetString() << built.status();
    std::vector<double> expected;
    for (rapidjson::SizeType axis = 0; axis < built->axes; ++axis) {
      for (const auto& row : input["position_ids"].GetArray()) {
        expected.push_back(row[axis].GetDouble());
      }
    }
    EXPECT_EQ(built->values, expected) << record["id"].GetString();
    ++pictures;
  });
  EXPECT_EQ(pictures, 4);
}

TEST(GridPositionsTest, Refusals) {
  const auto message = [](const char* config, const Grid& grid) {
    return std::string(BuildGridPositions(ReadJson(config)->root, grid).status().message());
  };
  EXPECT_EQ(message(R"({"model_type":"gemma4_vision"})", {2, 3, 4}),
            "grid must have 1 frame, not 2: the model has no axis for time");
  EXPECT_EQ(message(R"({"spectrum":{"axes":[{"dim":8}]}})", {1, 3, 4}),
            "a grid has two or three axes, and this spectrum has 1; give positions in a file "
            "instead");
  EXPECT_NE(message(R"({"model_type":"llama"})", {1, 3, 4}), "");
  EXPECT_NE(message(R"({"model_type":"gemma4_vision"})", {1, 0, 4}), "");
}

// A tower's positions have every axis: one number is not taken for all of them.
TEST(AxialAxesTest, PositionsOfOneAxisAreRefused) {
  const ModelConfigReport report = ReadModelConfig(
      R"({"model_type":"pixtral","hidden_size":64,"num_attention_heads":2,"head_dim":32})");
  const auto plan = MakeFrequencyPlan(*report.Find("")->config, NumericProfile::kHf, std::nullopt,
                                      HfCallSite::kForward);
  EXPECT_EQ(CheckAxes(*plan, *PositionIds::Range(0, 4), Layout::kHalfSplit).message(),
            "position_ids.axes must be 2 for this model, not 1");
}

// Profile exact differs from hf by roundings alone, and every backend gives the same bytes.
TEST(AxialBackendsTest, AgreeInEveryProfile) {
  const ModelConfigReport report = ReadModelConfig(
      R"({"spectrum":{"axes":[{"dim":4},{"dim":6,"linear_factor":3}],"order":"in_turn",
          "zero_lanes_before":1,"frequency_arithmetic":"float64","angle_arithmetic":"float64"}})");
  const LayerTypeConfig* layer = report.Find("");
  ASSERT_NE(layer, nullptr);
  const PositionIds positions = *PositionIds::Axes(2, {3.0, -7.5, 1e5, 0.25, 11.0, -3.0});
  std::map<NumericProfile, std::vector<float>> of_profile;
  for (const NumericProfile profile : AllNumericProfiles()) {
    const auto plan =
        MakeFrequencyPlan(*layer->config, profile, std::nullopt, HfCallSite::kForward);
    std::vector<float>& expected = of_profile[profile];
    for (const Backend* backend : AllBackends()) {
      if (!backend->available()) continue;
      std::vector<float> table(positions.size() * RowWidth(Layout::kMatrices, plan->half_width()));
      ASSERT_TRUE(FillTableRows(*backend, *plan, positions, 0, positions.size(),
                                {DType::kFloat32, Layout::kMatrices}, 1,
                                {reinterpret_cast<std::byte*>(table.data()), nullptr})
                      .ok());
      if (expected.empty()) expected = table;
      EXPECT_EQ(table, expected) << backend->name();
    }
  }
  EXPECT_LE(LargestDifference(of_profile[NumericProfile::kHf], of_profile[NumericProfile::kExact]),
            1);
}

}  // namespace
}  // namespace rope
