#include "core/plan/frequency_plan.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

using testing::HasSubstr;

RopeConfig Default() {
  RopeConfig config;
  config.rope_theta = 10000.0;
  config.head_dim = 128;
  config.rotary_dim = 128;
  config.max_position_embeddings = 4096;
  return config;
}

FrequencyPlan Plan(const RopeConfig& config, std::optional<int64_t> seq_len = std::nullopt) {
  auto plan = MakeFrequencyPlan(config, NumericProfile::kHf, seq_len, HfCallSite::kForward);
  EXPECT_TRUE(plan.ok()) << plan.status();
  return *std::move(plan);
}

TEST(FrequencyPlanTest, OneConfigHasOneIdInEveryProcess) {
  // Recorded once. It must not change as long as ids start with "rope1".
  EXPECT_EQ(ConfigId(Plan(Default())), "rope1-6a607ce95383aa3fff69b5e99487b3af");
}

TEST(FrequencyPlanTest, DifferentSpellingsOfOneTableHaveOneId) {
  RopeConfig linear = Default();
  linear.rope_type = "linear";
  linear.factor = 1.0;
  EXPECT_EQ(CanonicalBytes(Plan(linear)), CanonicalBytes(Plan(Default())));
}

TEST(FrequencyPlanTest, WhateverChangesTheTableChangesTheBytes) {
  const std::string bytes = CanonicalBytes(Plan(Default()));
  RopeConfig theta = Default();
  theta.rope_theta = 10001.0;
  EXPECT_NE(CanonicalBytes(Plan(theta)), bytes);
  RopeConfig dim = Default();
  dim.rotary_dim = 64;
  EXPECT_NE(CanonicalBytes(Plan(dim)), bytes);

  RopeConfig yarn = Default();
  yarn.rope_type = "yarn";
  yarn.factor = 4.0;
  yarn.original_max_position_embeddings = 1024;
  RopeConfig other_attention = yarn;
  other_attention.attention_factor = 1.0;
  EXPECT_NE(CanonicalBytes(Plan(other_attention)), CanonicalBytes(Plan(yarn)));
}

TEST(FrequencyPlanTest, ADivisorOfPositionsIsPartOfTheBytes) {
  FrequencyPlan plan = Plan(Default());
  const std::string bytes = CanonicalBytes(plan);
  plan.position_divisor = 3.0F;
  EXPECT_NE(CanonicalBytes(plan), bytes);
  const auto read = PlanFromCanonicalBytes(CanonicalBytes(plan));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->position_divisor, 3.0F);
  EXPECT_EQ(read->inv_freq, plan.inv_freq);
  EXPECT_EQ(PlanFromCanonicalBytes(bytes)->position_divisor, 1.0F);
}

TEST(FrequencyPlanTest, DynamicPlansAreOfTheirLengthNotOfItsBucket) {
  RopeConfig dynamic = Default();
  dynamic.rope_type = "dynamic";
  dynamic.factor = 2.0;
  const std::string load_time = CanonicalBytes(Plan(dynamic));
  EXPECT_EQ(CanonicalBytes(Plan(dynamic, 1)), load_time);
  EXPECT_EQ(CanonicalBytes(Plan(dynamic, 4096)), load_time);
  EXPECT_NE(CanonicalBytes(Plan(dynamic, 4097)), load_time);
  EXPECT_NE(CanonicalBytes(Plan(dynamic, 8191)), CanonicalBytes(Plan(dynamic, 8192)));
}

TEST(FrequencyPlanTest, FrequenciesOrAnglesThatAreNotFiniteAreRefused) {
  RopeConfig huge = Default();
  huge.rope_type = "longrope";
  huge.original_max_position_embeddings = 4096;
  huge.factor = 1.0;
  huge.short_factor.assign(64, 1e-37);  // frequencies of 1e37, whose angles overflow
  huge.long_factor.assign(64, 1.0);
  const auto plan =
      MakeFrequencyPlan(huge, NumericProfile::kHf, std::nullopt, HfCallSite::kForward);
  EXPECT_EQ(plan.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(plan.status().message()), HasSubstr("inv_freq[0]"));

  RopeConfig attention = Default();
  attention.rope_type = "yarn";
  attention.factor = 4.0;
  attention.original_max_position_embeddings = 1024;
  attention.attention_factor = 1e39;
  EXPECT_THAT(std::string(MakeFrequencyPlan(attention, NumericProfile::kHf, std::nullopt,
                                            HfCallSite::kForward)
                              .status()
                              .message()),
              HasSubstr("attention factor"));
}

TEST(FrequencyPlanTest, GivenListsMustFitTheFrequencies) {
  for (const bool of_factors : {false, true}) {
    RopeConfig config = Default();
    (of_factors ? config.lane_scale : config.inv_freq).assign(63, 1.0);
    for (const NumericProfile profile : AllNumericProfiles()) {
      const auto plan = MakeFrequencyPlan(config, profile, std::nullopt, HfCallSite::kForward);
      EXPECT_EQ(plan.status().code(), absl::StatusCode::kInvalidArgument);
      EXPECT_THAT(std::string(plan.status().message()), HasSubstr("must have 64 values"));
    }
  }
}

TEST(FrequencyPlanTest, AnUnknownTypeIsRefusedNamingTheKnownOnes) {
  RopeConfig config = Default();
  config.rope_type = "ntk";
  const auto plan =
      MakeFrequencyPlan(config, NumericProfile::kHf, std::nullopt, HfCallSite::kForward);
  EXPECT_THAT(std::string(plan.status().message()), HasSubstr("default, linear, dynamic"));
}

}  // namespace
}  // namespace rope
