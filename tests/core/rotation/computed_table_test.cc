// A computed table is the backend's, and rotates as the model's own table does.
#include "core/rotation/computed_table.h"

#include <cmath>
#include <cstring>
#include <optional>
#include <vector>

#include "gtest/gtest.h"

namespace rope {
namespace {

FrequencyPlan Plan(int64_t dim) {
  RopeConfig config;
  config.head_dim = dim;
  config.rotary_dim = dim;
  return MakeFrequencyPlan(config, NumericProfile::kHf, std::nullopt, HfCallSite::kForward).value();
}

TEST(ComputedTableTest, HasTheCosinesOfThePositions) {
  const FrequencyPlan plan = Plan(8);
  const auto table =
      ComputedTable::Make(plan, PositionIds::List({0, 5, 2}).value(), DType::kFloat32);
  ASSERT_TRUE(table.ok()) << table.status();
  const RotaryTable view = table->View(/*batch_rows=*/0);
  ASSERT_EQ(view.half_width, 4);
  const double positions[] = {0, 5, 2};
  for (int64_t row = 0; row < 3; ++row) {
    for (int64_t i = 0; i < 4; ++i) {
      const double angle = positions[row] * static_cast<double>(plan.inv_freq[i]);
      const int64_t at = row * view.row_stride + i;
      EXPECT_NEAR(static_cast<const float*>(view.cos)[at], std::cos(angle), 1e-6);
      EXPECT_NEAR(static_cast<const float*>(view.sin)[at], std::sin(angle), 1e-6);
    }
  }
}

TEST(ComputedTableTest, EachSequenceOfABatchMayHaveItsRows) {
  const auto table =
      ComputedTable::Make(Plan(4), PositionIds::Range(0, 6).value(), DType::kBFloat16);
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->View(3).batch_stride, 6);
  EXPECT_EQ(table->View(0).batch_stride, 0);
}

TEST(ComputedTableTest, RefusesWhatCannotBeRotated) {
  const PositionIds positions = PositionIds::Range(0, 2).value();
  EXPECT_FALSE(ComputedTable::Make(Plan(8), positions, DType::kFloat64).ok());
  const auto odd = ComputedTable::Make(Plan(7), positions, DType::kFloat32);
  EXPECT_NE(odd.status().message().find("rotary_dim is 7"), std::string::npos) << odd.status();
}

}  // namespace
}  // namespace rope
