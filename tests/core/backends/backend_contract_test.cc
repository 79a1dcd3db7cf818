// What core/backends/backend.h promises, held by every backend, for every dtype and layout: the
// bytes of the reference, which is arbitrary precision.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/backends/backends.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

FrequencyPlan Plan(double theta, int64_t rotary_dim, double attention_factor) {
  RopeConfig config;
  config.rope_theta = theta;
  config.head_dim = rotary_dim;
  config.rotary_dim = rotary_dim;
  FrequencyPlan plan =
      *MakeFrequencyPlan(config, NumericProfile::kHf, std::nullopt, HfPath::kForward);
  plan.attention_factor = attention_factor;
  return plan;
}

struct Table {
  std::vector<std::byte> cos;
  std::vector<std::byte> sin;
};

Table Fill(const Backend& backend, const FrequencyPlan& plan, const PositionIds& positions,
           const TableForm& form, int threads, int64_t first, int64_t rows) {
  const int64_t bytes = rows * RowBytes(form, plan.half_width());
  Table table{std::vector<std::byte>(bytes), std::vector<std::byte>(bytes)};
  EXPECT_TRUE(backend
                  .FillRows(plan, positions, first, rows, form, threads,
                            {table.cos.data(), table.sin.data()})
                  .ok());
  return table;
}

using Parameters = std::tuple<const Backend*, DType, Layout, bool>;

class BackendContractTest : public testing::TestWithParam<Parameters> {
 protected:
  static const Backend& backend() { return *std::get<0>(GetParam()); }
  static TableForm form() {
    return {std::get<1>(GetParam()), std::get<2>(GetParam()), std::get<3>(GetParam())};
  }

  static void ExpectReferenceBytes(const FrequencyPlan& plan, const PositionIds& positions) {
    const Backend& reference = *FindBackend("reference");
    const int64_t rows = positions.size();
    const Table expected = Fill(reference, plan, positions, form(), 1, 0, rows);
    for (int threads : {1, 2, 5}) {
      const Table table = Fill(backend(), plan, positions, form(), threads, 0, rows);
      EXPECT_TRUE(table.cos == expected.cos) << threads << " threads";
      EXPECT_TRUE(table.sin == expected.sin) << threads << " threads";
    }
  }
};

TEST_P(BackendContractTest, Ranges) {
  ExpectReferenceBytes(Plan(500000.0, 64, 1.0), *PositionIds::Range(0, 300));
  ExpectReferenceBytes(Plan(10000.0, 96, 1.1902380714238083), *PositionIds::Range(131000, 40, 7));
}

TEST_P(BackendContractTest, ListsUpToTheLastPosition) {
  ExpectReferenceBytes(Plan(10000.0, 32, 1.0),
                       *PositionIds::List({kMaxPosition, 0, 16777217, 16777219, 5, 5, 1048577}));
}

TEST_P(BackendContractTest, OddAndExtremeWidths) {
  for (int64_t rotary_dim : {1, 2, 7, 34, 4096}) {
    ExpectReferenceBytes(Plan(10000.0, rotary_dim, 1.0), *PositionIds::Range(1000, 5));
  }
}

TEST_P(BackendContractTest, FrequenciesAboveOneAndAnglesBeyondEveryKernel) {
  FrequencyPlan plan = Plan(10000.0, 8, 1.0);
  plan.inv_freq = {1.0F, 12.5F, 0.0F, 1e20F};
  ExpectReferenceBytes(plan, *PositionIds::List({0, 1, 3, kMaxPosition, 1000000000}));
}

TEST_P(BackendContractTest, APartIsThatPartOfTheWhole) {
  const FrequencyPlan plan = Plan(1000000.0, 64, 1.0);
  const PositionIds positions = *PositionIds::Range(40000, 700);
  const int64_t row_bytes = RowBytes(form(), plan.half_width());
  const Table whole = Fill(backend(), plan, positions, form(), 2, 0, 700);
  const Table part = Fill(backend(), plan, positions, form(), 2, 301, 200);
  EXPECT_TRUE(std::equal(part.cos.begin(), part.cos.end(), whole.cos.begin() + 301 * row_bytes));
  EXPECT_TRUE(std::equal(part.sin.begin(), part.sin.end(), whole.sin.begin() + 301 * row_bytes));
}

INSTANTIATE_TEST_SUITE_P(
    All, BackendContractTest,
    testing::Combine(testing::ValuesIn(AllBackends().begin(), AllBackends().end()),
                     testing::ValuesIn(AllDTypes().begin(), AllDTypes().end()),
                     testing::ValuesIn(AllLayouts().begin(), AllLayouts().end()), testing::Bool()),
    [](const auto& info) {
      return absl::StrCat(std::get<0>(info.param)->name(), "_", DTypeName(std::get<1>(info.param)),
                          "_", LayoutName(std::get<2>(info.param)),
                          std::get<3>(info.param) ? "_negated" : "");
    });

// Properties of the literature that no copy of a formula satisfies by accident.

std::vector<float> Floats(const std::vector<std::byte>& bytes) {
  std::vector<float> floats(bytes.size() / sizeof(float));
  std::memcpy(floats.data(), bytes.data(), bytes.size());
  return floats;
}

TEST(RotaryPropertiesTest, SquaresAddUpToTheSquareOfTheAttentionFactor) {
  const double factor = 1.3465735902799727;
  const Table table = Fill(BestBackend(), Plan(150000.0, 64, factor), *PositionIds::Range(0, 5000),
                           {DType::kFloat32, Layout::kCompact}, 2, 0, 5000);
  const std::vector<float> cos = Floats(table.cos);
  const std::vector<float> sin = Floats(table.sin);
  for (size_t i = 0; i < cos.size(); ++i) {
    const double sum = double{cos[i]} * cos[i] + double{sin[i]} * sin[i];
    EXPECT_NEAR(sum / (factor * factor), 1.0, 4e-7) << i;
  }
}

// RoFormer, equation 16: a query turned by m and a key turned by n have a product that depends on m
// - n only.
TEST(RotaryPropertiesTest, ProductsDependOnTheDistanceOnly) {
  const FrequencyPlan plan = Plan(10000.0, 16, 1.0);
  const Table table = Fill(BestBackend(), plan, *PositionIds::Range(0, 2000),
                           {DType::kFloat32, Layout::kCompact}, 1, 0, 2000);
  const std::vector<float> cos = Floats(table.cos);
  const std::vector<float> sin = Floats(table.sin);
  const int64_t half = plan.half_width();
  const auto product = [&](int64_t m, int64_t n) {
    double sum = 0.0;
    for (int64_t i = 0; i < half; ++i) {  // q = (1, 2), k = (3, -1) in every plane
      const double cm = cos[m * half + i], sm = sin[m * half + i];
      const double cn = cos[n * half + i], sn = sin[n * half + i];
      const double q0 = cm - 2 * sm, q1 = sm + 2 * cm;
      const double k0 = 3 * cn + sn, k1 = 3 * sn - cn;
      sum += q0 * k0 + q1 * k1;
    }
    return sum;
  };
  for (int64_t distance : {0, 1, 17, 512}) {
    for (int64_t n : {0, 100, 1400}) {
      EXPECT_NEAR(product(n + distance, n), product(distance, 0), 2e-3) << distance << " at " << n;
    }
  }
}

TEST(BackendsTest, TheListHasAnAvailableFastestAndTheReferenceLast) {
  EXPECT_EQ(AllBackends().back()->name(), "reference");
  EXPECT_TRUE(BestBackend().available());
  EXPECT_EQ(FindBackend("abacus"), nullptr);
}

}  // namespace
}  // namespace rope
