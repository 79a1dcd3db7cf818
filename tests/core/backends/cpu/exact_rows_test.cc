// Profile `exact`: compares every kernel of this host with arbitrary precision. A kernel may report
// a few rows as doubtful. All other rows must be right.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/backends/arbitrary_precision.h"
#include "core/backends/cpu/kernels.h"
#include "core/plan/frequency_plan.h"
#include "core/table/position_ids.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

constexpr double kQuarterTurn = 1.5707963267948966;

FrequencyPlan PlanOf(const std::vector<double>& inv_freq, const Real& attention_factor) {
  FrequencyPlan plan;
  plan.profile = NumericProfile::kExact;
  plan.inv_freq.assign(inv_freq.begin(), inv_freq.end());
  plan.exact = std::make_shared<const ExactPlan>(
      ExactFrequencies{{inv_freq.begin(), inv_freq.end()}, attention_factor});
  return plan;
}

std::vector<double> Powers(double theta, int64_t rotary_dim) {
  std::vector<double> inv_freq;
  for (int64_t i = 0; i < rotary_dim; i += 2) {
    inv_freq.push_back(std::pow(theta, -static_cast<double>(i) / static_cast<double>(rotary_dim)));
  }
  return inv_freq;
}

struct Counts {
  int64_t rows = 0;
  int64_t doubtful = 0;
};

class ExactRowsTest : public testing::TestWithParam<std::tuple<const Kernel*, DType>> {
 protected:
  static TableForm form() { return {std::get<1>(GetParam()), Layout::kCompact}; }

  // Compares the bits of every row that the kernel does not report as doubtful.
  void Check(const FrequencyPlan& plan, const std::vector<int64_t>& ids) {
    const int64_t row_bytes = RowBytes(form(), plan.half_width());
    const std::vector<double> positions(ids.begin(), ids.end());
    const auto rows = static_cast<int64_t>(ids.size());
    std::vector<std::byte> cos(rows * row_bytes);
    std::vector<std::byte> sin(rows * row_bytes);
    const std::unique_ptr<bool[]> doubtful(new bool[rows]);
    const ExactPlan& exact = *plan.exact;
    const ExactColumns columns{plan.half_width(),
                               exact.quarter_turns_high.data(),
                               exact.quarter_turns_low.data(),
                               exact.quarter_turns_rest.data(),
                               exact.attention_factor,
                               exact.attention_factor};
    std::get<0>(GetParam())
        ->fill_exact_rows(form())(positions.data(), rows, columns, {cos.data(), sin.data()},
                                  doubtful.get());
    std::vector<std::byte> expected_cos(row_bytes);
    std::vector<std::byte> expected_sin(row_bytes);
    for (int64_t row = 0; row < rows; ++row) {
      ++counts_.rows;
      counts_.doubtful += doubtful[row] ? 1 : 0;
      if (doubtful[row]) continue;
      FillRowByArbitraryPrecision(plan, ids[row], form(), 0,
                                  {expected_cos.data(), expected_sin.data()});
      EXPECT_TRUE(
          std::equal(expected_cos.begin(), expected_cos.end(), cos.begin() + row * row_bytes))
          << "cos at " << ids[row];
      EXPECT_TRUE(
          std::equal(expected_sin.begin(), expected_sin.end(), sin.begin() + row * row_bytes))
          << "sin at " << ids[row];
    }
  }

  Counts counts_;
};

TEST_P(ExactRowsTest, PositionsOfEveryMagnitude) {
  std::mt19937_64 random(5);
  std::vector<int64_t> ids = {0, 1, 2, kMaxPosition - 1, kMaxPosition};
  for (int i = 0; i < 150; ++i) {
    ids.push_back(static_cast<int64_t>(random() % (uint64_t{1} << (1 + i % 31))));
  }
  Check(PlanOf(Powers(10000.0, 34), 1.0), ids);
  Check(PlanOf(Powers(500000.0, 34), Sqrt(Real(3.0))), ids);
  Check(PlanOf(Powers(1e15, 34), -1.25), ids);
  EXPECT_LE(counts_.doubtful * 20, counts_.rows);
}

// Positions and frequencies from the best rational approximations of pi. Their angles lie next to
// multiples of a quarter turn.
TEST_P(ExactRowsTest, AnglesNextToQuarterTurns) {
  std::vector<int64_t> ids;
  std::vector<double> inv_freq;
  for (int64_t position : {7, 113, 33102, 33215, 99532, 265381, 1360120, 25510582, 78256779}) {
    for (int64_t multiple : {1, 2, 3}) ids.push_back(position * multiple);
    for (double quarters : {1.0, 2.0, 5.0}) {
      inv_freq.push_back(quarters * kQuarterTurn / static_cast<double>(position));
    }
  }
  inv_freq.insert(inv_freq.end(), {22.0 / 7, 355.0 / 113, 1.0, 3.0, 4.0});
  Check(PlanOf(inv_freq, 1.0), ids);
}

TEST_P(ExactRowsTest, OrdinaryTablesAreHardlyEverInDoubt) {
  std::vector<int64_t> ids(400);
  for (size_t i = 0; i < ids.size(); ++i) ids[i] = 100000 + 13 * static_cast<int64_t>(i);
  Check(PlanOf(Powers(500000.0, 32), 1.1902380714238083), ids);
  EXPECT_LE(counts_.doubtful, 1);
}

std::vector<const Kernel*> Supported() {
  std::vector<const Kernel*> kernels;
  for (const Kernel& kernel : AllKernels()) {
    if (kernel.supported()) kernels.push_back(&kernel);
  }
  return kernels;
}

std::string Name(const testing::TestParamInfo<std::tuple<const Kernel*, DType>>& info) {
  return absl::StrCat(std::get<0>(info.param)->name, "_", DTypeName(std::get<1>(info.param)));
}

INSTANTIATE_TEST_SUITE_P(Kernels, ExactRowsTest,
                         testing::Combine(testing::ValuesIn(Supported()),
                                          testing::ValuesIn(AllDTypes().begin(),
                                                            AllDTypes().end())),
                         Name);

}  // namespace
}  // namespace rope
