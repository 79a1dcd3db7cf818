// Tables at positions of several axes against the forward of transformers' models: every record of
// tests/golden/mrope.jsonl of kind "table". Frequencies and the attention factor must be equal bit
// for bit. cos and sin are correctly rounded here, and torch's may be off by 1 ulp.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/backends/axis_rows.h"
#include "core/backends/backends.h"
#include "core/config/model_config.h"
#include "gtest/gtest.h"
#include "tests/testing/golden_records.h"

namespace rope {
namespace {

struct Table {
  std::vector<float> cos;
  std::vector<float> sin;
};

// The words of all rows, one after the other.
std::vector<uint32_t> WordsOf(const rapidjson::Value& rows) {
  std::vector<uint32_t> words;
  for (const auto& row : rows.GetArray()) {
    const std::string text = row.GetString();
    for (size_t at = 0; at < text.size(); at += 8) {
      words.push_back(static_cast<uint32_t>(std::stoul(text.substr(at, 8), nullptr, 16)));
    }
  }
  return words;
}

std::vector<double> PositionsOf(const rapidjson::Value& record) {
  std::vector<double> values;
  for (const auto& axis : record["position_ids"].GetArray()) {
    for (const auto& position : axis.GetArray()) values.push_back(position.GetDouble());
  }
  return values;
}

// The layout of the library's table, which is not always how the model pairs channels.
Layout LayoutOf(const rapidjson::Value& record) {
  const bool twice_in_a_row = record["lane_freq"][1].GetInt() == 0;
  return twice_in_a_row ? Layout::kInterleaved : Layout::kHalfSplit;
}

int64_t UlpBetween(float a, float b) {
  const auto ordered = [](float x) {
    const auto bits = std::bit_cast<int32_t>(x);
    return int64_t{bits < 0 ? std::numeric_limits<int32_t>::min() - bits : bits};
  };
  return std::abs(ordered(a) - ordered(b));
}

// The largest difference of two tables, in ulp.
int64_t LargestDifference(const std::vector<float>& ours, const std::vector<uint32_t>& recorded) {
  if (ours.size() != recorded.size()) return std::numeric_limits<int64_t>::max();
  int64_t largest = 0;
  for (size_t i = 0; i < ours.size(); ++i) {
    largest = std::max(largest, UlpBetween(ours[i], std::bit_cast<float>(recorded[i])));
  }
  return largest;
}

Table Compute(const Backend& backend, const FrequencyPlan& plan, const PositionIds& positions,
              Layout layout) {
  const TableForm form{DType::kFloat32, layout};
  Table table;
  table.cos.resize(positions.size() * RowWidth(layout, plan.half_width()));
  table.sin.resize(table.cos.size());
  EXPECT_TRUE(CheckAxes(plan, positions, layout).ok()) << CheckAxes(plan, positions, layout);
  EXPECT_TRUE(FillTableRows(backend, plan, positions, 0, positions.size(), form, 1,
                            {reinterpret_cast<std::byte*>(table.cos.data()),
                             reinterpret_cast<std::byte*>(table.sin.data())})
                  .ok());
  return table;
}

struct Tally {
  int cases = 0;
  int equal = 0;
};

void CheckRecord(const rapidjson::Value& record, Tally* tally) {
  ++tally->cases;
  const ModelConfigReport report = ReadModelConfig(testing::ConfigText(record));
  const LayerTypeConfig* layer = report.Find(testing::StringOr(record, "layer_type", ""));
  ASSERT_NE(layer, nullptr);
  ASSERT_TRUE(layer->config.has_value());
  const auto positions = PositionIds::Axes(record["axes"].GetInt(), PositionsOf(record));
  ASSERT_TRUE(positions.ok()) << positions.status();
  auto plan = MakeFrequencyPlan(*layer->config, NumericProfile::kHf, positions->max() + 1,
                                HfCallSite::kForward);
  ASSERT_TRUE(plan.ok()) << plan.status();
  plan->axes = std::make_shared<const PositionAxes>(layer->axes);
  EXPECT_EQ(plan->attention_factor, record["attention_scaling"].GetDouble());
  const Table table = Compute(BestBackend(), *plan, *positions, LayoutOf(record));
  const int64_t difference = std::max(LargestDifference(table.cos, WordsOf(record["cos"])),
                                      LargestDifference(table.sin, WordsOf(record["sin"])));
  EXPECT_LE(difference, 2) << "ulp";
  tally->equal += difference <= 1 ? 1 : 0;
  const std::string pairing = record["pairing"]["name"].GetString();
  EXPECT_EQ(layer->axes.interleaved_pairs, pairing == "pairs");
}

TEST(MropeGoldenTest, EveryRecordedTable) {
  std::map<std::string, Tally> tallies;
  testing::ForEachRecord("mrope.jsonl", [&](const rapidjson::Value& record) {
    SCOPED_TRACE(record["id"].GetString());
    CheckRecord(record, &tallies[record["model_type"].GetString()]);
  });
  std::printf("%-28s %6s %13s\n", "family", "cases", "within 1 ulp");
  for (const auto& [family, tally] : tallies) {
    std::printf("%-28s %6d %13d\n", family.c_str(), tally.cases, tally.equal);
  }
}

TEST(MropeGoldenTest, EveryRecordedFailureIsRefused) {
  testing::ForEachRecord("mrope_errors.jsonl", [&](const rapidjson::Value& record) {
    SCOPED_TRACE(record["id"].GetString());
    const ModelConfigReport report = ReadModelConfig(testing::ConfigText(record));
    if (!report.valid()) return;
    // The model can be built, and fails on the first input. For text it is answered with a warning.
    const PositionAxes& axes = report.layer_types.front().axes;
    EXPECT_NE(axes.problem, "");
  });
}

// Equal positions on all axes are a table of one axis, for every backend and layout.
TEST(AxisRowsTest, EqualAxesAreOneAxis) {
  const ModelConfigReport report = ReadModelConfig(
      R"({"model_type": "qwen3_vl_text", "head_dim": 128, "rope_theta": 5000000.0,
          "rope_scaling": {"rope_type": "default", "mrope_section": [24, 20, 20]}})");
  const LayerTypeConfig* layer = report.Find("");
  ASSERT_NE(layer, nullptr);
  auto plan =
      MakeFrequencyPlan(*layer->config, NumericProfile::kHf, std::nullopt, HfCallSite::kForward);
  plan->axes = std::make_shared<const PositionAxes>(layer->axes);
  const auto several = PositionIds::Axes(3, {4, -7, 2.5, 4, -7, 2.5, 4, -7, 2.5});
  const auto one = PositionIds::Fractional({4, -7, 2.5});
  for (const Backend* backend : AllBackends()) {
    if (!backend->available()) continue;
    for (Layout layout : {Layout::kHalfSplit, Layout::kInterleaved, Layout::kPacked}) {
      const Table a = Compute(*backend, *plan, *several, layout);
      const Table b = Compute(*backend, *plan, *one, layout);
      EXPECT_EQ(a.cos, b.cos) << backend->name();
      EXPECT_EQ(a.sin, b.sin) << backend->name();
    }
  }
}

TEST(AxisRowsTest, OnlyTheAxesOfTheModel) {
  FrequencyPlan plan;
  plan.inv_freq = {1.0F, 0.5F};
  const auto three = PositionIds::Axes(3, {1, 2, 3});
  EXPECT_EQ(CheckAxes(plan, *three, Layout::kHalfSplit).message(),
            "position_ids.axes must be 1 for this model, not 3");
  PositionAxes axes =
      MakePositionAxes(AxisOrder::kRunsOfChannels, std::vector<int64_t>{1, 0, 1}, 2);
  plan.axes = std::make_shared<const PositionAxes>(axes);
  EXPECT_TRUE(CheckAxes(plan, *three, Layout::kHalfSplit).ok());
  EXPECT_FALSE(CheckAxes(plan, *three, Layout::kInterleaved).ok());
  EXPECT_TRUE(CheckAxes(plan, *PositionIds::Range(0, 5), Layout::kInterleaved).ok());
  axes = MakePositionAxes(AxisOrder::kRuns, std::vector<int64_t>{1, 2, 1}, 2);
  plan.axes = std::make_shared<const PositionAxes>(axes);
  EXPECT_EQ(CheckAxes(plan, *three, Layout::kHalfSplit).message(),
            "mrope_section must be whole numbers >= 0 that add up to 2 (half of the rotated "
            "channels), not [1, 2, 1]");
}

}  // namespace
}  // namespace rope
