// PlanSequence over the configurations of tests/golden/inv_freq.jsonl: what it says about lengths
// is compared with the frequencies of these lengths.
#include "core/sequences/sequence_plan.h"

#include <set>
#include <string>
#include <vector>

#include "core/config/model_config.h"
#include "gtest/gtest.h"
#include "tests/testing/golden_records.h"

namespace rope {
namespace {

std::string BytesAt(const RopeConfig& config, int64_t length) {
  const auto plan = MakeFrequencyPlan(config, NumericProfile::kHf, length, HfCallSite::kForward);
  EXPECT_TRUE(plan.ok()) << plan.status();
  return plan.ok() ? CanonicalBytes(*plan) : "";
}

// The plan holds from `from` to `until`, and no longer. A list of factors beyond the switch may
// equal the list before it, so the end is compared only where the formula changes all frequencies.
void ExpectRange(const RopeConfig& config, const LengthPlan& one) {
  const std::string bytes = CanonicalBytes(one.plan);
  EXPECT_EQ(BytesAt(config, one.from), bytes) << one.length;
  EXPECT_EQ(BytesAt(config, one.until.value_or(int64_t{1} << 31)), bytes) << one.length;
  EXPECT_EQ(BytesAt(config, one.length), bytes);
  EXPECT_LE(one.from, one.length);
  EXPECT_GE(one.until.value_or(one.length), one.length);
  if (one.regime == LengthRegime::kStretched) {
    EXPECT_NE(BytesAt(config, one.length * 2), bytes) << one.length;
  }
}

TEST(SequencePlanTest, RangesHoldForEveryGoldenConfiguration) {
  std::set<LengthRegime> seen;
  testing::ForEachRecord("inv_freq.jsonl", [&](const rapidjson::Value& record) {
    SCOPED_TRACE(record["id"].GetString());
    const ModelConfigReport report = ReadModelConfig(testing::ConfigText(record));
    for (const LayerTypeConfig& layer : report.layer_types) {
      if (!layer.config.has_value()) continue;
      const auto plans =
          PlanSequence(*layer.config, NumericProfile::kHf, {1, 100, 5000, 70000, 1000000, 3});
      ASSERT_TRUE(plans.ok()) << plans.status();
      for (const LengthPlan& one : *plans) {
        ExpectRange(*layer.config, one);
        seen.insert(one.regime);
      }
    }
  });
  EXPECT_EQ(seen.size(), 4U);
}

struct KeysCase {
  const char* config;
  std::vector<int64_t> lengths;
  std::vector<const char*> regimes;
  std::vector<const char*> cached_keys;  // from the second length on
};

TEST(SequencePlanTest, SaysWhatBecomesOfCachedKeys) {
  const char* const dynamic = R"({"model_type": "llama", "head_dim": 64, "rope_theta": 10000.0,
      "max_position_embeddings": 2048, "rope_scaling": {"rope_type": "dynamic", "factor": 2.0}})";
  const char* const longrope = R"({"model_type": "llama", "head_dim": 4, "rope_theta": 10000.0,
      "max_position_embeddings": 4096, "rope_scaling": {"rope_type": "longrope",
      "original_max_position_embeddings": 2048, "factor": 2.0, "short_factor": [1.0, 1.0],
      "long_factor": [1.0, 4.0]}})";
  const char* const plain = R"({"model_type": "llama", "head_dim": 64, "rope_theta": 10000.0,
      "max_position_embeddings": 2048})";
  const KeysCase cases[] = {
      {dynamic,
       {10, 2048, 2049, 2049, 4000, 7},
       {"original", "original", "stretched", "stretched", "stretched", "original"},
       {"keep", "re-rotate", "keep", "re-rotate", "re-rotate"}},
      {longrope,
       {10, 2048, 2049, 4096, 7},
       {"original", "original", "long", "long", "original"},
       {"keep", "re-prefill", "keep", "re-prefill"}},
      {plain, {10, 100000}, {"constant", "constant"}, {"keep"}},
  };
  for (const KeysCase& one : cases) {
    SCOPED_TRACE(one.config);
    const ModelConfigReport report = ReadModelConfig(one.config);
    const auto plans = PlanSequence(*report.Find("")->config, NumericProfile::kHf, one.lengths);
    ASSERT_TRUE(plans.ok()) << plans.status();
    ASSERT_EQ(plans->size(), one.lengths.size());
    EXPECT_FALSE(plans->front().cached_keys.has_value());
    for (size_t i = 0; i < plans->size(); ++i) {
      EXPECT_EQ(LengthRegimeName((*plans)[i].regime), one.regimes[i]) << i;
      if (i == 0) continue;
      EXPECT_EQ(CachedKeysName(*(*plans)[i].cached_keys), one.cached_keys[i - 1]) << i;
    }
  }
}

TEST(SequencePlanTest, HunYuanAlphaIsTheSameAtEveryLength) {
  const ModelConfigReport report = ReadModelConfig(
      R"({"model_type": "hunyuan_v1_dense", "head_dim": 64, "rope_theta": 10000.0,
          "max_position_embeddings": 2048, "hidden_size": 512, "num_attention_heads": 8,
          "rope_scaling": {"rope_type": "dynamic", "alpha": 1000.0, "factor": 1.0}})");
  ASSERT_NE(report.Find(""), nullptr);
  const auto plans = PlanSequence(*report.Find("")->config, NumericProfile::kHf, {10, 100000});
  ASSERT_TRUE(plans.ok()) << plans.status();
  EXPECT_EQ((*plans)[1].regime, LengthRegime::kConstant);
  EXPECT_EQ(*(*plans)[1].cached_keys, CachedKeys::kKeep);
}

// Factors leave the ranges as they were; given frequencies have one range, and keys stay valid.
TEST(SequencePlanTest, GivenFrequenciesHoldAtEveryLength) {
  const std::vector<int64_t> lengths = {1, 5000, 70000, 3};
  for (const char* json :
       {R"({"model_type":"llama","hidden_size":64,"num_attention_heads":8,
            "max_position_embeddings":2048,"rope_theta":10000.0,
            "rope_scaling":{"rope_type":"dynamic","factor":4.0}})",
        R"({"model_type":"phi3","hidden_size":64,"num_attention_heads":8,"rope_theta":10000.0,
            "max_position_embeddings":131072,"original_max_position_embeddings":4096,
            "rope_scaling":{"type":"longrope","short_factor":[1,1,1,1],
                            "long_factor":[1,4,16,64]}})"}) {
    RopeConfig config = *ReadModelConfig(json).Find("")->config;
    const auto plain = PlanSequence(config, NumericProfile::kHf, lengths);
    config.lane_scale = {2.0, 0.5, 1.0, 3.0};
    const auto scaled = PlanSequence(config, NumericProfile::kHf, lengths);
    config.inv_freq = {1.0, 0.1, 0.01, 0.001};
    const auto given = PlanSequence(config, NumericProfile::kHf, lengths);
    ASSERT_TRUE(plain.ok() && scaled.ok() && given.ok());
    for (size_t i = 0; i < lengths.size(); ++i) {
      EXPECT_EQ((*scaled)[i].regime, (*plain)[i].regime) << json << i;
      ExpectRange(config, (*given)[i]);
      EXPECT_EQ((*given)[i].regime, LengthRegime::kConstant);
      EXPECT_EQ((*given)[i].until, std::nullopt);
      if (i == 0) continue;
      EXPECT_EQ((*given)[i].cached_keys, CachedKeys::kKeep);
    }
    EXPECT_NE((*plain)[1].regime, LengthRegime::kConstant) << "or this test says nothing";
  }
}

TEST(SequencePlanTest, RefusesTooManyLengths) {
  EXPECT_TRUE(CheckLengths(std::vector<int64_t>(4096, 1)).ok());
  EXPECT_EQ(CheckLengths(std::vector<int64_t>(4097, 1)).message(),
            "lengths must have 1 to 4096 entries, not 4097");
}

}  // namespace
}  // namespace rope
