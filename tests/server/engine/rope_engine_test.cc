#include "server/engine/rope_engine.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/backends/backends.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/model_configs.h"

namespace rope::engine {
namespace {

using rope::testing::kDynamic;
using rope::testing::kGemma3;
using rope::testing::kLlama31;
using rope::testing::kSmallHead;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

RopeEngine MakeEngine(const Limits& limits = {}) {
  EngineOptions options;
  options.limits = limits;
  return RopeEngine(options);
}

absl::Status RefusalOf(const absl::StatusOr<ResolvedPlan>& resolved) { return resolved.status(); }

void ExpectInvalid(const absl::Status& status, const std::string& what) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(what));
}

class RopeEngineTest : public ::testing::Test {
 protected:
  absl::Status Refusal(const std::string& json, const ResolveOptions& options = {}) {
    findings_.clear();
    return RefusalOf(engine_.ResolveOne(json, options, &findings_));
  }

  RopeEngine engine_{EngineOptions()};
  std::vector<Finding> findings_;
};

TEST(PlanThreadsTest, NeverMoreThreadsThanGivenAndAlwaysAWorker) {
  for (int threads = -1; threads < 300; ++threads) {
    const ThreadPlan plan = PlanThreads(threads);
    EXPECT_GE(plan.workers, 1);
    EXPECT_GE(plan.threads_per_block, 1);
    EXPECT_LE(plan.workers * plan.threads_per_block, std::max(threads, 1));
    EXPECT_GE(plan.workers * plan.threads_per_block, threads - 1)
        << "at most one thread is left over";
  }
}

TEST_F(RopeEngineTest, ResolvesTheOnlyLayerType) {
  const auto resolved = engine_.ResolveOne(kLlama31, {}, &findings_);
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  EXPECT_EQ(resolved->layer_type, "");
  EXPECT_EQ(resolved->config.rope_type, "llama3");
  EXPECT_EQ(resolved->plan.half_width(), 64);
  EXPECT_EQ(resolved->plan.inv_freq.front(), 1.0F);
  EXPECT_FALSE(resolved->seq_len.has_value());
}

TEST_F(RopeEngineTest, ResolvesEveryLayerTypeInTheModelsOrder) {
  const auto all = engine_.Resolve(kGemma3, {}, &findings_);
  ASSERT_TRUE(all.ok()) << all.status();
  ASSERT_EQ(all->size(), 2U);
  for (const ResolvedPlan& one : *all) {
    ResolveOptions options;
    options.layer_type = one.layer_type;
    const auto same = engine_.ResolveOne(kGemma3, options, &findings_);
    ASSERT_TRUE(same.ok()) << same.status();
    EXPECT_EQ(CanonicalBytes(same->plan), CanonicalBytes(one.plan));
    EXPECT_EQ(same->config.rope_theta, one.layer_type == "full_attention" ? 1e6 : 1e4);
  }
}

TEST_F(RopeEngineTest, LayerTypesThatDoNotExist) {
  ExpectInvalid(Refusal(kGemma3), "layer_type is missing");
  EXPECT_THAT(std::string(Refusal(kGemma3).message()),
              AllOf(HasSubstr("\"full_attention\""), HasSubstr("\"sliding_attention\"")));
  ResolveOptions options;
  options.layer_type = "local";
  ExpectInvalid(Refusal(kGemma3, options), "\"sliding_attention\"");
  ExpectInvalid(Refusal(kLlama31, options), "one parameter set");
}

TEST_F(RopeEngineTest, LayersWithoutRotaryEmbedding) {
  const std::string json =
      R"({"model_type": "mimo_v2_flash", "head_dim": 64, "num_hidden_layers": 2,
      "layer_types": ["full_attention", "sliding_attention"],
      "rope_parameters": {"full_attention": null,
                          "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0}}})";
  ResolveOptions options;
  options.layer_type = "full_attention";
  ExpectInvalid(Refusal(json, options), "no rotary embedding");
  ExpectInvalid(Refusal(json), "layer_type is missing");
  const auto all = engine_.Resolve(json, {}, &findings_);
  ASSERT_TRUE(all.ok()) << all.status();
  ASSERT_EQ(all->size(), 1U);
  EXPECT_EQ(all->front().layer_type, "sliding_attention");
}

TEST_F(RopeEngineTest, TheSequenceLengthChoosesTheFrequencies) {
  const auto plan_at = [&](std::optional<int64_t> seq_len) {
    ResolveOptions options;
    options.seq_len = seq_len;
    return CanonicalBytes(engine_.ResolveOne(kDynamic, options, &findings_)->plan);
  };
  EXPECT_EQ(plan_at(1), plan_at(2048));
  EXPECT_NE(plan_at(2048), plan_at(4096));
  EXPECT_NE(plan_at(4096), plan_at(4097));
  EXPECT_TRUE(engine_.ResolveOne(kDynamic, {"", kMaxPosition + 1}, &findings_).ok());
  for (int64_t seq_len : {int64_t{0}, int64_t{-5}, kMaxPosition + 2, kMax}) {
    ExpectInvalid(Refusal(kDynamic, {"", seq_len}), "seq_len");
  }
}

TEST_F(RopeEngineTest, ARefusedConfigurationComesWithItsFindings) {
  const absl::Status status = Refusal(
      R"({"model_type": "llama", "head_dim": 64, "rope_theta": 10000.0,
          "rope_scaling": {"rope_type": "linear"}})");
  ExpectInvalid(status, "factor");
  ASSERT_FALSE(IsValid(findings_));
  EXPECT_EQ(findings_.size(), engine_
                                  .Validate(R"({"model_type": "llama", "head_dim": 64,
      "rope_theta": 10000.0, "rope_scaling": {"rope_type": "linear"}})")
                                  .report.findings.size());
  for (const char* text : {"", "{", "[1]", "nonsense", "{\"rope_theta\": }"}) {
    EXPECT_EQ(Refusal(text).code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_FALSE(findings_.empty());
  }
}

TEST(RopeEngineLimitsTest, ADocumentThatIsTooLarge) {
  Limits limits;
  limits.max_config_bytes = 1000;
  RopeEngine engine = MakeEngine(limits);
  std::vector<Finding> findings;
  const std::string json = absl::StrCat(kSmallHead, std::string(1000, ' '));
  EXPECT_EQ(engine.ResolveOne(json, {}, &findings).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_FALSE(findings.empty());
  EXPECT_FALSE(engine.Validate(json).report.valid());
  EXPECT_TRUE(engine.ResolveOne(kSmallHead, {}, &findings).ok());
}

TEST(RopeEngineLimitsTest, AnswersThatAreTooLarge) {
  Limits limits;
  limits.max_rows = 1000;
  limits.max_answer_bytes = 100000;  // 781 rows of 2 * 16 floats
  limits.max_list_bytes = 800;
  RopeEngine engine = MakeEngine(limits);
  std::vector<Finding> findings;
  const FrequencyPlan plan = engine.ResolveOne(kSmallHead, {}, &findings)->plan;
  const auto open = [&](PositionIds positions) {
    return engine.OpenTable(plan, std::move(positions), TableForm()).status().code();
  };
  EXPECT_EQ(open(*PositionIds::Range(0, 781)), absl::StatusCode::kOk);
  EXPECT_EQ(open(*PositionIds::Range(0, 782)), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(open(*PositionIds::Range(0, 1001)), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(open(*PositionIds::Range(3, kMax, 0)), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(open(*PositionIds::List(std::vector<int64_t>(100, 1))), absl::StatusCode::kOk);
  EXPECT_EQ(open(*PositionIds::List(std::vector<int64_t>(101, 1))),
            absl::StatusCode::kResourceExhausted);
  const auto held =
      engine.OpenTable(plan, *PositionIds::List(std::vector<int64_t>(60, 1)), TableForm());
  EXPECT_EQ(open(*PositionIds::List(std::vector<int64_t>(60, 1))), absl::StatusCode::kUnavailable);
}

TEST(RopeEngineLimitsTest, SizesThatOverflowAreRefused) {
  Limits limits;
  limits.max_rows = kMax;
  limits.max_answer_bytes = kMax;
  RopeEngine engine = MakeEngine(limits);
  std::vector<Finding> findings;
  const FrequencyPlan plan = engine.ResolveOne(kSmallHead, {}, &findings)->plan;
  for (int64_t rows : {kMax, kMax / 128 + 1, kMax / 2 + 1}) {
    EXPECT_EQ(engine.OpenTable(plan, *PositionIds::Range(3, rows, 0), TableForm()).status().code(),
              absl::StatusCode::kResourceExhausted);
  }
  EXPECT_TRUE(engine.OpenTable(plan, *PositionIds::Range(3, kMax / 128, 0), TableForm()).ok());
}

TEST(RopeEngineDrainTest, RefusesNewCallsAndAwaitsRunningOnes) {
  RopeEngine engine = MakeEngine();
  auto stream = engine.AdmitStream();
  auto call = engine.AdmitCall();
  ASSERT_TRUE(stream.ok() && call.ok());
  engine.Drain();
  EXPECT_EQ(engine.AdmitStream().status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(engine.AdmitCall().status().code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(engine.AwaitIdle(std::chrono::milliseconds(1)));
  *stream = Admission();
  EXPECT_FALSE(engine.AwaitIdle(std::chrono::milliseconds(1)));
  *call = Admission();
  EXPECT_TRUE(engine.AwaitIdle(std::chrono::milliseconds(1)));
}

// Validate accepts exactly the configurations that can be computed: at every length, by Resolve and
// by ResolveOne.
class ValidateEqualsComputeTest : public ::testing::TestWithParam<const char*> {};

TEST_P(ValidateEqualsComputeTest, AtEveryLength) {
  const std::string json =
      absl::StrCat(R"({"model_type": "llama", "head_dim": 64, "max_position_embeddings": 4096, )",
                   GetParam(), "}");
  RopeEngine engine = MakeEngine();
  const bool valid = engine.Validate(json).report.valid();
  for (std::optional<int64_t> seq_len : std::vector<std::optional<int64_t>>{
           std::nullopt, 1, 2, 4096, 4097, 8192, 1000003, kMaxPosition + 1}) {
    for (HfCallSite path : {HfCallSite::kInitFunction, HfCallSite::kForward}) {
      std::vector<Finding> findings;
      const auto resolved =
          engine.ResolveOne(json, {"", seq_len, NumericProfile::kHf, path}, &findings);
      EXPECT_EQ(resolved.ok(), valid) << json << seq_len.value_or(-1) << resolved.status();
      EXPECT_EQ(IsValid(findings), valid);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Configs, ValidateEqualsComputeTest,
    ::testing::Values(
        R"("rope_theta": 10000.0)", R"("rope_theta": 1e-30)", R"("rope_theta": 1e-300)",
        R"("rope_theta": 1e300)", R"("rope_theta": 5e-324)", R"("rope_theta": 0)",
        R"("rope_theta": NaN)", R"("rope_theta": 1e39)",
        R"("rope_theta": 1e4, "rope_scaling": {"rope_type": "linear", "factor": 1e-40})",
        R"("rope_theta": 1e4, "rope_scaling": {"rope_type": "linear", "factor": 1e300})",
        R"("rope_theta": 1e4, "rope_scaling": {"rope_type": "dynamic", "factor": 2.0})",
        R"("rope_theta": 1e4, "rope_scaling": {"rope_type": "dynamic", "factor": 1e300})",
        R"("rope_theta": 1e4, "rope_scaling": {"rope_type": "dynamic", "factor": 0.25})",
        R"("rope_theta": 1e4, "rope_scaling": {"rope_type": "dynamic", "factor": 1e-9})",
        R"("rope_theta": 1e4, "rope_scaling": {"rope_type": "dynamic", "factor": -1.0})",
        R"("rope_theta": 1e4, "rope_scaling": {"rope_type": "yarn", "factor": 4.0,
            "attention_factor": 1e39})",
        R"("rope_theta": 1e4, "rope_scaling": {"rope_type": "yarn", "factor": 4.0,
            "attention_factor": 3e38})",
        R"("rope_theta": 1e4, "rope_scaling": {"rope_type": "yarn", "factor": 1e300})",
        R"("rope_theta": 1.0, "rope_scaling": {"rope_type": "yarn", "factor": 2.0})",
        R"("rope_theta": 1e4, "rope_scaling": {"rope_type": "yarn", "factor": 4.0,
            "mscale": 1e38, "mscale_all_dim": 1e-38})",
        R"("rope_theta": 1e4, "rope_scaling": {"rope_type": "llama3", "factor": 8.0,
            "low_freq_factor": 1.0, "high_freq_factor": 1.0,
            "original_max_position_embeddings": 1024})"));

std::string LongRope(const std::string& short_factor, const std::string& long_factor) {
  const auto list = [](const std::string& factor) {
    std::string text = factor;
    for (int i = 1; i < 32; ++i) absl::StrAppend(&text, ",", factor);
    return text;
  };
  return absl::StrCat(
      R"({"model_type": "llama", "head_dim": 64, "max_position_embeddings": 4096,
          "rope_theta": 1e4, "rope_scaling": {"rope_type": "longrope",
          "original_max_position_embeddings": 2048, "short_factor": [)",
      list(short_factor), R"(], "long_factor": [)", list(long_factor), "]}}");
}

// longrope has one list of factors for short sequences and one for long ones. Both are checked at
// any length.
TEST(ValidateEqualsComputeLongRopeTest, BothListsAreChecked) {
  RopeEngine engine = MakeEngine();
  EXPECT_TRUE(engine.Validate(LongRope("1.0", "4.0")).report.valid());
  EXPECT_FALSE(engine.Validate(LongRope("1.0", "1e-40")).report.valid());
  EXPECT_FALSE(engine.Validate(LongRope("1e-40", "4.0")).report.valid());
  std::vector<Finding> findings;
  EXPECT_FALSE(engine.ResolveOne(LongRope("1.0", "1e-40"), {"", 10}, &findings).ok());
  EXPECT_FALSE(findings.empty());
}

}  // namespace
}  // namespace rope::engine
