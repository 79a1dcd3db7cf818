// A cached key moves from one position to another by the table at the difference of the two,
// without the attention factor (docs/sequences.md).
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/backends/backends.h"
#include "core/config/model_config.h"
#include "core/plan/frequency_plan.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

constexpr int64_t kHalfWidth = 32;

// The factor of yarn is not 1, so a table with it would change the length of a key.
FrequencyPlan YarnPlan(NumericProfile profile) {
  const ModelConfigReport report = ReadModelConfig(
      R"({"model_type": "llama", "head_dim": 64, "max_position_embeddings": 131072,
          "rope_theta": 10000.0, "rope_scaling": {"rope_type": "yarn", "factor": 4.0,
          "original_max_position_embeddings": 32768}})");
  FrequencyPlan plan =
      *MakeFrequencyPlan(*report.Find("")->config, profile, std::nullopt, HfCallSite::kForward);
  EXPECT_NE(plan.attention_factor, 1.0);
  plan.OmitAttentionFactor();
  return plan;
}

struct Row {
  std::vector<float> cos = std::vector<float>(kHalfWidth);
  std::vector<float> sin = std::vector<float>(kHalfWidth);
};

Row RowAt(const FrequencyPlan& plan, int64_t difference) {
  Row row;
  const TableForm form{DType::kFloat32, Layout::kCompact};
  EXPECT_TRUE(BestBackend()
                  .FillRows(plan, *PositionIds::Range(difference, 1), 0, 1, form, 1,
                            {reinterpret_cast<std::byte*>(row.cos.data()),
                             reinterpret_cast<std::byte*>(row.sin.data())})
                  .ok());
  return row;
}

// A key in half-split order: first[i] and second[i] are the pair of frequency i.
struct Key {
  std::vector<float> first = std::vector<float>(kHalfWidth);
  std::vector<float> second = std::vector<float>(kHalfWidth);
};

Key SomeKey() {
  Key key;
  for (int64_t i = 0; i < kHalfWidth; ++i) {
    key.first[i] = std::cos(0.7F * static_cast<float>(i));
    key.second[i] = std::sin(0.7F * static_cast<float>(i));
  }
  return key;
}

void Rotate(const Row& row, Key* key) {
  for (int64_t i = 0; i < kHalfWidth; ++i) {
    const float x = key->first[i];
    const float y = key->second[i];
    key->first[i] = x * row.cos[i] - y * row.sin[i];
    key->second[i] = y * row.cos[i] + x * row.sin[i];
  }
}

double InvFreq(const FrequencyPlan& plan, int64_t i) {
  return plan.exact != nullptr ? plan.exact->real.inv_freq[i].ToDouble() : plan.inv_freq[i];
}

// The largest error of a number of the key against a rotation in double by difference * inv_freq,
// in ulp of a float32 between 0.5 and 1. Every pair has length 1.
double ErrorInUlp(const FrequencyPlan& plan, int64_t difference, const Key& start,
                  const Key& moved) {
  double largest = 0.0;
  for (int64_t i = 0; i < kHalfWidth; ++i) {
    const double angle = static_cast<double>(difference) * InvFreq(plan, i);
    const double x = start.first[i];
    const double y = start.second[i];
    largest =
        std::max(largest, std::abs(moved.first[i] - (x * std::cos(angle) - y * std::sin(angle))));
    largest =
        std::max(largest, std::abs(moved.second[i] - (y * std::cos(angle) + x * std::sin(angle))));
  }
  return largest / std::ldexp(1.0, -24);
}

// The bound of one move, in ulp. A move rounds three times, and its table has rounded entries. In
// profile hf the angle is a float32, too, and its error grows with the distance.
double BoundOfOneMove(NumericProfile profile, int64_t step) {
  const double angle_error = static_cast<double>(std::abs(step)) / 2.0;
  return profile == NumericProfile::kExact ? 1.0 : 1.0 + angle_error;
}

TEST(MovedKeysTest, EachMoveAddsOneUlpAtMost) {
  for (NumericProfile profile : AllNumericProfiles()) {
    const FrequencyPlan plan = YarnPlan(profile);
    for (int64_t step : {-1, 1, 7, -16}) {
      const Row row = RowAt(plan, step);
      Key key = SomeKey();
      for (int64_t moves = 1; moves <= 2000; ++moves) {
        Rotate(row, &key);
        const double bound = BoundOfOneMove(profile, step) * static_cast<double>(moves);
        // The first number is what the pairs are off at the start.
        ASSERT_LT(ErrorInUlp(plan, moves * step, SomeKey(), key), 1.0 + bound)
            << NumericProfileName(profile) << ", " << step << ", " << moves << " moves";
      }
    }
  }
}

TEST(MovedKeysTest, OneMoveIsBetterThanManySmallOnes) {
  const FrequencyPlan plan = YarnPlan(NumericProfile::kExact);
  const Row one = RowAt(plan, -1);
  Key many = SomeKey();
  for (int moves = 0; moves < 1000; ++moves) Rotate(one, &many);
  Key at_once = SomeKey();
  Rotate(RowAt(plan, -1000), &at_once);
  EXPECT_LT(ErrorInUlp(plan, -1000, SomeKey(), at_once), 2.0);
  EXPECT_GT(ErrorInUlp(plan, -1000, SomeKey(), many), 20.0);
}

}  // namespace
}  // namespace rope
