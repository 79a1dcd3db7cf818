// Answers with and without the cache of plans are the same.
#include "server/engine/plan_cache.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "server/engine/rope_engine.h"
#include "tests/testing/model_configs.h"

namespace rope::engine {
namespace {

using rope::testing::kDynamic;
using rope::testing::kGemma3;
using rope::testing::kLlama31;

std::vector<ResolveOptions> EveryKindOfOptions() {
  std::vector<ResolveOptions> all;
  for (std::optional<int64_t> seq_len : {std::optional<int64_t>(), {100}, {5000}, {90000}}) {
    for (NumericProfile profile : AllNumericProfiles()) {
      for (HfCallSite path : {HfCallSite::kInitFunction, HfCallSite::kForward}) {
        for (bool factor : {true, false}) {
          all.push_back({"", seq_len, profile, path, false, factor});
        }
      }
    }
  }
  for (const char* dialect : {"vllm", "sglang"}) {
    for (std::optional<int64_t> seq_len : {std::optional<int64_t>(), {100}, {90000}}) {
      for (bool stated : {true, false}) {
        ResolveOptions options;
        options.seq_len = seq_len;
        options.dialect = dialect;
        options.seq_len_is_stated = stated;
        all.push_back(options);
      }
    }
  }
  return all;
}

// The two lists of longrope: a dialect chooses otherwise than transformers, and each by other
// rules.
constexpr char kLongrope[] = R"({"model_type": "phi3", "hidden_size": 32, "num_attention_heads": 8,
    "max_position_embeddings": 1000, "original_max_position_embeddings": 100,
    "rope_scaling": {"rope_type": "longrope", "short_factor": [1.0, 1.5],
                     "long_factor": [2.0, 4.0]}})";

TEST(PlanCacheTest, AnswersAreThoseOfAnEngineThatKeepsNothing) {
  EngineOptions none;
  none.limits.plan_cache_bytes = 0;
  RopeEngine without(none);
  RopeEngine with{EngineOptions()};
  std::vector<Finding> findings;
  for (int round = 0; round < 2; ++round) {
    for (const char* config : {kLlama31, kDynamic, kLongrope}) {
      for (const ResolveOptions& options : EveryKindOfOptions()) {
        const auto expected = without.ResolveOne(config, options, &findings);
        const auto found = with.ResolveOne(config, options, &findings);
        ASSERT_TRUE(expected.ok() && found.ok());
        EXPECT_EQ(CanonicalBytes(found->plan), CanonicalBytes(expected->plan));
        EXPECT_EQ(found->attention_factor, expected->attention_factor);
        EXPECT_EQ(found->seq_len, expected->seq_len);
        EXPECT_EQ(found->config.rope_type, expected->config.rope_type);
      }
    }
  }
  EXPECT_GE(with.plan_counters().hits, 64);
  EXPECT_EQ(without.plan_counters().hits, 0);
  EXPECT_EQ(without.plan_counters().entries, 0);
}

TEST(PlanCacheTest, DialectsAreKeptApart) {
  RopeEngine engine{EngineOptions()};
  std::vector<Finding> findings;
  for (int round = 0; round < 2; ++round) {
    std::vector<float> second;
    for (const char* dialect : {"transformers", "vllm", "sglang"}) {
      ResolveOptions options;
      options.seq_len = 50;
      options.dialect = dialect;
      options.seq_len_is_stated = false;
      const auto resolved = engine.ResolveOne(kLongrope, options, &findings);
      ASSERT_TRUE(resolved.ok()) << resolved.status();
      EXPECT_EQ(resolved->dialect == nullptr, dialect == std::string("transformers"));
      second.push_back(resolved->plan.inv_freq[1]);
    }
    // vLLM serves up to max_position_embeddings, so it has the long list for short sequences, too.
    EXPECT_EQ(second[0], second[2]);
    EXPECT_LT(second[1], second[0]);
  }
}

TEST(PlanCacheTest, LayerTypesAreKeptApart) {
  RopeEngine engine{EngineOptions()};
  std::vector<Finding> findings;
  for (int round = 0; round < 2; ++round) {
    const auto full = engine.ResolveOne(kGemma3, {"full_attention", std::nullopt}, &findings);
    const auto sliding = engine.ResolveOne(kGemma3, {"sliding_attention", std::nullopt}, &findings);
    ASSERT_TRUE(full.ok() && sliding.ok());
    EXPECT_NE(full->plan.inv_freq, sliding->plan.inv_freq);
    EXPECT_EQ(engine.ResolveOne(kGemma3, {}, &findings).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(engine.plan_counters().entries, 2);
}

TEST(PlanCacheTest, StrictnessAndBadLengthsAreNotForgotten) {
  RopeEngine engine{EngineOptions()};
  std::vector<Finding> findings;
  const std::string warns =
      R"({"model_type": "llama", "head_dim": 64, "rope_scaling": {"type": "linear", "factor": 2.0,
          "beta_fast": 3}})";
  ResolveOptions strict;
  strict.strict = true;
  for (int round = 0; round < 2; ++round) {
    EXPECT_TRUE(engine.ResolveOne(warns, {}, &findings).ok());
    EXPECT_FALSE(engine.ResolveOne(warns, strict, &findings).ok());
    EXPECT_FALSE(engine.ResolveOne(kLlama31, {"", 0}, &findings).ok());
    EXPECT_TRUE(engine.ResolveOne(kLlama31, {"", 1}, &findings).ok());
    EXPECT_FALSE(engine.ResolveOne("{", {}, &findings).ok());
  }
}

TEST(PlanCacheTest, ItsBytesAreBounded) {
  EngineOptions options;
  options.limits.plan_cache_bytes = 20000;
  RopeEngine engine(options);
  std::vector<Finding> findings;
  for (int i = 1; i <= 100; ++i) {
    const std::string config =
        R"({"model_type": "llama", "head_dim": 64, "rope_theta": )" + std::to_string(i) + "}";
    ASSERT_TRUE(engine.ResolveOne(config, {}, &findings).ok());
    ASSERT_LE(engine.plan_counters().bytes, 20000);
  }
  EXPECT_GT(engine.plan_counters().entries, 3);
}

}  // namespace
}  // namespace rope::engine
