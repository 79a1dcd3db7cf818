// The contract of core/backends/backend.h, for every backend, numeric profile, dtype and layout:
// each must write the bytes of the reference backend, which computes by arbitrary precision.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/backends/backends.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

constexpr double kQuarterTurn = 1.5707963267948966;

FrequencyPlan PlanOf(NumericProfile profile, const std::vector<double>& inv_freq,
                     double attention_factor) {
  FrequencyPlan plan;
  plan.profile = profile;
  plan.inv_freq.assign(inv_freq.begin(), inv_freq.end());
  plan.attention_factor = attention_factor;
  if (profile == NumericProfile::kExact) {
    plan.exact = std::make_shared<const ExactPlan>(
        ExactFrequencies{{inv_freq.begin(), inv_freq.end()}, attention_factor});
  }
  return plan;
}

FrequencyPlan Plan(NumericProfile profile, double theta, int64_t rotary_dim,
                   double attention_factor) {
  std::vector<double> inv_freq;
  for (int64_t i = 0; i < rotary_dim; i += 2) {
    inv_freq.push_back(std::pow(theta, -static_cast<double>(i) / static_cast<double>(rotary_dim)));
  }
  return PlanOf(profile, inv_freq, attention_factor);
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

struct Case {
  const Backend* backend;
  NumericProfile profile;
  TableForm form;
};

std::vector<Case> AllCases() {
  std::vector<Case> cases;
  for (const Backend* backend : AllBackends()) {
    if (!backend->available()) continue;
    for (NumericProfile profile : AllNumericProfiles()) {
      for (DType dtype : AllDTypes()) {
        for (Layout layout : AllLayouts()) {
          for (bool negate_sin : {false, true}) {
            const TableForm form{dtype, layout, negate_sin};
            if (CheckForm(form, profile).ok()) cases.push_back({backend, profile, form});
          }
        }
      }
    }
  }
  return cases;
}

class BackendContractTest : public testing::TestWithParam<Case> {
 protected:
  static const Backend& backend() { return *GetParam().backend; }
  static const TableForm& form() { return GetParam().form; }
  static FrequencyPlan Plan(double theta, int64_t rotary_dim, double attention_factor) {
    return rope::Plan(GetParam().profile, theta, rotary_dim, attention_factor);
  }

  static void ExpectReferenceBytes(const FrequencyPlan& plan, const PositionIds& positions) {
    const Backend& reference = *FindBackend("reference");
    const int64_t rows = positions.size();
    const Table expected = Fill(reference, plan, positions, form(), 1, 0, rows);
    if (&backend() == &reference) return;
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

// Some engines divide positions and not frequencies. The quotient is rounded to float32 first.
TEST_P(BackendContractTest, DividedPositions) {
  if (GetParam().profile != NumericProfile::kHf) return;  // the exact profile divides frequencies
  FrequencyPlan plan = Plan(10000.0, 64, 1.0);
  plan.position_divisor = 3.0F;
  ExpectReferenceBytes(plan, *PositionIds::Range(-20, 300));
  ExpectReferenceBytes(plan, *PositionIds::List({kMaxPosition, 7, -kMaxPosition}));
}

TEST_P(BackendContractTest, ListsUpToTheLastPosition) {
  ExpectReferenceBytes(Plan(10000.0, 32, 1.0),
                       *PositionIds::List({kMaxPosition, 0, 16777217, 16777219, 5, 5, 1048577}));
}

TEST_P(BackendContractTest, NegativePositions) {
  ExpectReferenceBytes(Plan(10000.0, 64, 1.0), *PositionIds::Range(-200, 300));
  ExpectReferenceBytes(PlanOf(GetParam().profile, {1.0, 0.37, 0.0}, 1.3),
                       *PositionIds::List({kMinPosition, -1, 0, 1, -16777217, kMaxPosition}));
}

TEST_P(BackendContractTest, FractionalPositions) {
  ExpectReferenceBytes(
      PlanOf(GetParam().profile, {1.0, 0.37, 0.0}, 1.3),
      *PositionIds::Fractional({0.1, -0.1, 1234567.890123, -0.0, 0.0, 1e-300, -2147483646.75}));
}

TEST_P(BackendContractTest, OddAndExtremeWidths) {
  for (int64_t rotary_dim : {1, 2, 7, 34, 4096}) {
    ExpectReferenceBytes(Plan(10000.0, rotary_dim, 1.0), *PositionIds::Range(1000, 5));
  }
}

TEST_P(BackendContractTest, FrequenciesAboveOneAndAnglesBeyondEveryKernel) {
  const FrequencyPlan plan = PlanOf(GetParam().profile, {1.0, 12.5, 0.0, 1e20, 3.2, 5.1}, 1.0);
  ExpectReferenceBytes(plan, *PositionIds::List({0, 1, 3, kMaxPosition, 1000000000}));
}

TEST_P(BackendContractTest, NumbersNearTheEndsOfTheirRange) {
  const PositionIds positions = *PositionIds::List({0, 1, 77, kMaxPosition});
  ExpectReferenceBytes(PlanOf(GetParam().profile, {1.0, 1e-30, 1e-38, 1e-44}, 1.0), positions);
  ExpectReferenceBytes(PlanOf(GetParam().profile, {1.0, 1e-9, 0.0}, 3e38), positions);
  ExpectReferenceBytes(PlanOf(GetParam().profile, {1.0, 1e-9, 0.0}, 1e-39), positions);
  ExpectReferenceBytes(PlanOf(GetParam().profile, {1.0, 1e-9, 0.0}, 0.0), positions);
  ExpectReferenceBytes(PlanOf(GetParam().profile, {1.0, 1e-9, 0.0}, -1.00390625), positions);
  // Below the range of a float, and below the range in which the kernels compute with doubles.
  ExpectReferenceBytes(PlanOf(GetParam().profile, {1e-200, 1e-320, 1.0}, 1.5), positions);
}

// Angles as close to a multiple of a quarter turn as a double frequency can bring them. Most digits
// of their cos or sin cancel.
TEST_P(BackendContractTest, AnglesNextToQuarterTurns) {
  std::vector<double> inv_freq;
  const std::vector<int64_t> positions = {3, 1021, 131071, 16777213, 2147483629};
  for (int64_t position : positions) {
    for (double turns : {1.0, 2.0, 3.0, 1001.0}) {
      const double w = turns * kQuarterTurn / static_cast<double>(position);
      for (double near : {w, std::nextafter(w, 0.0), std::nextafter(w, 2.0)}) {
        inv_freq.push_back(near);
      }
    }
  }
  ExpectReferenceBytes(PlanOf(GetParam().profile, inv_freq, 1.1902380714238083),
                       *PositionIds::List(positions));
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

std::string CaseName(const testing::TestParamInfo<Case>& info) {
  const TableForm& form = info.param.form;
  const std::string name = absl::StrCat(
      info.param.backend->name(), "_", NumericProfileName(info.param.profile), "_",
      DTypeName(form.dtype), "_", LayoutName(form.layout), form.negate_sin ? "_negated" : "");
  return absl::StrReplaceAll(name, {{"-", "_"}});  // a test's name takes no hyphen
}

INSTANTIATE_TEST_SUITE_P(All, BackendContractTest, testing::ValuesIn(AllCases()), CaseName);

// Properties from the literature. A formula that was copied wrongly would not have them by
// accident.

std::vector<float> Floats(const std::vector<std::byte>& bytes) {
  std::vector<float> floats(bytes.size() / sizeof(float));
  std::memcpy(floats.data(), bytes.data(), bytes.size());
  return floats;
}

TEST(RotaryPropertiesTest, SquaresAddUpToTheSquareOfTheAttentionFactor) {
  const double factor = 1.3465735902799727;
  const Table table =
      Fill(BestBackend(), Plan(NumericProfile::kHf, 150000.0, 64, factor),
           *PositionIds::Range(0, 5000), {DType::kFloat32, Layout::kCompact}, 2, 0, 5000);
  const std::vector<float> cos = Floats(table.cos);
  const std::vector<float> sin = Floats(table.sin);
  for (size_t i = 0; i < cos.size(); ++i) {
    const double sum = double{cos[i]} * cos[i] + double{sin[i]} * sin[i];
    EXPECT_NEAR(sum / (factor * factor), 1.0, 4e-7) << i;
  }
}

// RoFormer, equation 16: the product of a query rotated by m and a key rotated by n depends only on
// m - n.
TEST(RotaryPropertiesTest, ProductsDependOnTheDistanceOnly) {
  const FrequencyPlan plan = Plan(NumericProfile::kHf, 10000.0, 16, 1.0);
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
