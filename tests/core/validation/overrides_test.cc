// What a request gives beside a configuration. tests/golden/lane_scale.jsonl has what numpy, mpmath
// and ggml's formula make of factors.
#include "core/validation/overrides.h"

#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "core/plan/frequency_plan.h"
#include "core/validation/validate_config.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/golden_records.h"
#include "tests/testing/model_configs.h"

namespace rope {
namespace {

using ::testing::HasSubstr;
using testing::kDynamic;
using testing::kGemma3;
using testing::kLlama31;
using testing::kSmallHead;

constexpr char kLongrope[] = R"({"model_type": "phi3", "hidden_size": 64, "num_attention_heads": 8,
  "max_position_embeddings": 131072, "original_max_position_embeddings": 4096,
  "rope_theta": 10000.0, "rope_scaling": {"type": "longrope",
  "short_factor": [1.0, 1.1, 1.2, 1.3], "long_factor": [1.0, 4.0, 16.0, 64.0]}})";
constexpr char kYarn[] = R"({"model_type": "llama", "hidden_size": 64, "num_attention_heads": 4,
  "max_position_embeddings": 32768, "rope_theta": 10000.0, "rope_scaling": {"rope_type": "yarn",
  "factor": 8.0, "original_max_position_embeddings": 4096}})";
constexpr char kProportional[] = R"({"model_type": "llama", "head_dim": 16, "hidden_size": 64,
  "num_attention_heads": 4, "max_position_embeddings": 4096, "rope_parameters":
  {"rope_type": "proportional", "rope_theta": 10000.0, "partial_rotary_factor": 0.25}})";

ModelConfigReport Read(const std::string& json) {
  ModelConfigReport report = ValidateConfig(json).report;
  EXPECT_TRUE(report.valid()) << json;
  return report;
}

// The configuration of the only layer type, with the override.
RopeConfig With(const std::string& json, const LayerOverride& given) {
  ModelConfigReport report = Read(json);
  const absl::Status status = ApplyOverrides({{"", given}}, &report);
  EXPECT_TRUE(status.ok()) << status;
  return *report.Find("")->config;
}

FrequencyPlan Plan(const RopeConfig& config, NumericProfile profile = NumericProfile::kHf,
                   std::optional<int64_t> seq_len = std::nullopt,
                   HfCallSite call_site = HfCallSite::kForward) {
  auto plan = MakeFrequencyPlan(config, profile, seq_len, call_site);
  EXPECT_TRUE(plan.ok()) << plan.status();
  return *std::move(plan);
}

std::vector<double> Doubles(const std::vector<uint32_t>& bits) {
  std::vector<double> values;
  for (const uint32_t one : bits) values.push_back(std::bit_cast<float>(one));
  return values;
}

TEST(LaneScaleTest, ProductsAreThoseOfNumpyAndOfRealNumbers) {
  int records = 0;
  testing::ForEachRecord("lane_scale.jsonl", [&](const rapidjson::Value& record) {
    const std::string id = record["id"].GetString();
    if (!record.HasMember("lane_scale")) return;
    ++records;
    LayerOverride given;
    given.lane_scale = Doubles(testing::Float32Bits(record["lane_scale"]));
    const RopeConfig config = With(testing::ConfigText(record), given);
    const auto seq_len = testing::OptionalInt(record, "seq_len");
    const FrequencyPlan hf = Plan(config, NumericProfile::kHf, seq_len, HfCallSite::kInitFunction);
    const FrequencyPlan exact =
        Plan(config, NumericProfile::kExact, seq_len, HfCallSite::kInitFunction);
    const auto bits = testing::Float32Bits(record["inv_freq"]);
    ASSERT_EQ(hf.inv_freq.size(), bits.size()) << id;
    for (size_t i = 0; i < bits.size(); ++i) {
      EXPECT_EQ(std::bit_cast<uint32_t>(hf.inv_freq[i]), bits[i]) << id << " " << i;
      const auto index = static_cast<rapidjson::SizeType>(i);
      EXPECT_EQ(std::bit_cast<uint64_t>(exact.exact->real.inv_freq[i].ToDouble()),
                testing::DoubleBits(record["inv_freq_exact"][index]))
          << id << " " << i;
    }
  });
  EXPECT_EQ(records, 8);
}

// ggml divides angles that it computes by repeated multiplication, so they agree to the error of
// that product: up to 64 roundings.
TEST(LaneScaleTest, TheInversesOfGgmlsFactorsGiveItsAngles) {
  int records = 0;
  testing::ForEachRecord("lane_scale.jsonl", [&](const rapidjson::Value& record) {
    if (!record.HasMember("freq_factors")) return;
    ++records;
    const std::string id = record["id"].GetString();
    const RopeConfig llama3 = *Read(testing::ConfigText(record)).Find("")->config;
    LayerOverride given;
    for (const double divisor : Doubles(testing::Float32Bits(record["freq_factors"]))) {
      given.lane_scale.push_back(1.0 / divisor);
    }
    RopeConfig config = llama3;
    config.rope_type = "default";
    config.lane_scale = given.lane_scale;
    const FrequencyPlan scaled = Plan(config);
    const FrequencyPlan own = Plan(llama3);
    const std::vector<double> angles = Doubles(testing::Float32Bits(record["inv_freq"]));
    for (size_t i = 0; i < angles.size(); ++i) {
      EXPECT_NEAR(scaled.inv_freq[i] / angles[i], 1.0, 1e-5) << id << " " << i;
      EXPECT_NEAR(scaled.inv_freq[i] / own.inv_freq[i], 1.0, 1e-6) << id << " " << i;
    }
  });
  EXPECT_EQ(records, 2);
}

struct Case {
  const char* json;
  std::optional<int64_t> seq_len;
};

std::vector<Case> EveryKind() {
  return {{kLlama31, std::nullopt}, {kSmallHead, std::nullopt},
          {kDynamic, 2048},         {kDynamic, 9999},
          {kLongrope, 4096},        {kLongrope, 4097},
          {kYarn, std::nullopt},    {kProportional, std::nullopt}};
}

TEST(LaneScaleTest, OnesChangeNothing) {
  for (const Case& one : EveryKind()) {
    for (const NumericProfile profile : AllNumericProfiles()) {
      const FrequencyPlan plain = Plan(*Read(one.json).Find("")->config, profile, one.seq_len);
      LayerOverride given;
      given.lane_scale.assign(plain.inv_freq.size(), 1.0);
      const FrequencyPlan scaled = Plan(With(one.json, given), profile, one.seq_len);
      EXPECT_EQ(CanonicalBytes(scaled), CanonicalBytes(plain)) << one.json;
    }
  }
}

// The attention factor is part of these bytes.
TEST(InvFreqTest, TheTypesOwnFrequenciesGiveTheSameTables) {
  for (const Case& one : EveryKind()) {
    const FrequencyPlan plain = Plan(*Read(one.json).Find("")->config, {}, one.seq_len);
    LayerOverride given;
    given.inv_freq.assign(plain.inv_freq.begin(), plain.inv_freq.end());
    const RopeConfig config = With(one.json, given);
    EXPECT_EQ(CanonicalBytes(Plan(config, {}, one.seq_len)), CanonicalBytes(plain)) << one.json;
    EXPECT_EQ(CanonicalBytes(Plan(config, {}, 77)), CanonicalBytes(plain)) << one.json;
  }
}

TEST(InvFreqTest, ProfileExactTakesTheDoubles) {
  LayerOverride given;
  given.inv_freq = {1.0, 0.1, 1e-300, 0.0, 1.0 / 3.0, 5e-324, 1e25, 0.25};
  const FrequencyPlan plan = Plan(With(kProportional, given), NumericProfile::kExact);
  for (size_t i = 0; i < given.inv_freq.size(); ++i) {
    EXPECT_TRUE(plan.exact->real.inv_freq[i] == Real(given.inv_freq[i])) << i;
  }
  EXPECT_EQ(Plan(With(kProportional, given)).inv_freq[2], 0.0F);
}

TEST(InvFreqTest, FactorsMultiplyThem) {
  LayerOverride given;
  given.inv_freq = {1.0, 0.5, 0.25, 0.125, 0.0, 0.0, 0.0, 3.0};
  given.lane_scale = {2.0, 2.0, 0.0, 1.0, 1.0, 1.0, 9.0, 0.5};
  const std::vector<float> expected = {2.0F, 1.0F, 0.0F, 0.125F, 0.0F, 0.0F, 0.0F, 1.5F};
  EXPECT_EQ(Plan(With(kProportional, given)).inv_freq, expected);
}

// -0 and 0 are the same frequency, and have the same sine.
TEST(InvFreqTest, ZerosHaveOneSign) {
  LayerOverride given;
  given.inv_freq.assign(8, -0.0);
  given.lane_scale.assign(8, -0.0);
  for (const float w : Plan(With(kProportional, given)).inv_freq) EXPECT_FALSE(std::signbit(w));
}

TEST(WindowTest, ItsWidthIsTheRotaryDimension) {
  LayerOverride given;
  given.window = Window{16, 8};
  ModelConfigReport report = Read(kSmallHead);
  ASSERT_TRUE(ApplyOverrides({{"", given}}, &report).ok());
  const LayerTypeConfig& layer = report.layer_types.front();
  EXPECT_EQ(layer.config->rotary_dim, 8);
  EXPECT_EQ(layer.window_offset, 16);
  // The frequencies of a model whose heads are that narrow.
  const std::string narrow = R"({"model_type": "llama", "head_dim": 8, "hidden_size": 64,
    "num_attention_heads": 8, "rope_theta": 10000.0, "max_position_embeddings": 4096})";
  EXPECT_EQ(CanonicalBytes(Plan(*layer.config)),
            CanonicalBytes(Plan(*Read(narrow).Find("")->config)));
}

TEST(OverridesTest, EachLayerTypeHasItsOwn) {
  ModelConfigReport report = Read(kGemma3);
  LayerOverride given;
  given.lane_scale.assign(128, 2.0);
  ASSERT_TRUE(ApplyOverrides({{"sliding_attention", given}}, &report).ok());
  EXPECT_TRUE(report.Find("full_attention")->config->lane_scale.empty());
  EXPECT_EQ(report.Find("sliding_attention")->config->lane_scale.size(), 128U);
}

TEST(OverridesTest, EffectiveValuesSayWhatWasGiven) {
  ModelConfigReport report = Read(kProportional);
  LayerOverride given;
  given.inv_freq = {1.0, 0.5, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0};
  ASSERT_TRUE(ApplyOverrides({{"", given}}, &report).ok());
  int found = 0;
  for (const EffectiveValue& value : report.layer_types.front().effective_values) {
    EXPECT_NE(value.name, "rope_theta") << "nothing depends on it";
    if (value.name != "inv_freq") continue;
    ++found;
    EXPECT_EQ(value.value, "[1, 0.5, 0.10000000000000001, 0, 0, 0, 0, 0]");
    EXPECT_EQ(value.path, "");
  }
  EXPECT_EQ(found, 1);
}

// Mistral-Large-4 keeps factors in its checkpoint. Without them there is a warning.
TEST(OverridesTest, StrictAcceptsWhatIsNotMissingAnyMore) {
  const std::string json = R"({"model_type": "mistral_large4_text"})";
  LayerOverride factors;
  factors.lane_scale.assign(32, 1.5);
  LayerOverride window;
  window.window = Window{128, 64};
  EXPECT_FALSE(GivesFrequencies({}));
  EXPECT_FALSE(GivesFrequencies({{"", window}}));
  EXPECT_TRUE(GivesFrequencies({{"", window}, {"a", factors}}));
  for (const bool given : {false, true}) {
    ValidateOptions options;
    options.frequencies_given = given;
    bool warned = false;
    for (const Finding& finding : ValidateConfig(json, options).report.findings) {
      warned = warned || finding.code == "ROPE-W138";
    }
    EXPECT_EQ(warned, !given);
    options.strict = true;
    EXPECT_EQ(ValidateConfig(json, options).report.valid(), given);
  }
}

TEST(OverridesTest, BytesDifferWhereverTheOverridesDo) {
  LayerOverride base;
  base.inv_freq = {1.0, 0.5};
  LayerOverride scaled;
  scaled.lane_scale = base.inv_freq;
  LayerOverride wide;
  wide.window = Window{0, 4};
  LayerOverride moved;
  moved.window = Window{4, 4};
  LayerOverride last_bit = base;
  last_bit.inv_freq[1] = std::nextafter(0.5, 1.0);
  const std::vector<Overrides> all = {
      {},           {{"", {}}},    {{"", base}},     {{"a", base}},          {{"", scaled}},
      {{"", wide}}, {{"", moved}}, {{"", last_bit}}, {{"", base}, {"a", {}}}};
  for (size_t i = 0; i < all.size(); ++i) {
    for (size_t k = 0; k < all.size(); ++k) {
      EXPECT_EQ(OverrideBytes(all[i]) == OverrideBytes(all[k]), i == k) << i << " " << k;
    }
  }
}

struct Refusal {
  const char* json;
  std::string layer_type;
  LayerOverride given;
  const char* message;
};

LayerOverride InvFreq(std::vector<double> values) { return {std::move(values), {}, {}}; }
LayerOverride Scale(std::vector<double> values) { return {{}, std::move(values), {}}; }
LayerOverride In(Window window) { return {{}, {}, window}; }

TEST(OverridesTest, WhatDoesNotFitIsRefusedByItsPath) {
  const double inf = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<Refusal> refusals = {
      {kProportional, "", InvFreq({1.0}),
       "config.overrides[\"\"].inv_freq must have 8 values, one for each frequency, not 1"},
      {kProportional, "", Scale(std::vector<double>(9, 1.0)),
       "config.overrides[\"\"].lane_scale must have 8 values"},
      {kProportional, "", Scale({1, 1, -0.5, 1, 1, 1, 1, 1}),
       "config.overrides[\"\"].lane_scale[2] must be a number >= 0 that a float32 can hold, not "
       "-0.5"},
      {kProportional, "", InvFreq({1, 1, 1, nan, 1, 1, 1, 1}), "inv_freq[3] must be a number >= 0"},
      {kProportional, "", InvFreq({inf, 1, 1, 1, 1, 1, 1, 1}), "inv_freq[0] must be a number >= 0"},
      {kProportional, "", InvFreq({1e39, 1, 1, 1, 1, 1, 1, 1}), "inv_freq[0] must be a number"},
      {kProportional, "", InvFreq({1, 1e38, 1, 1, 1, 1, 1, 1}),
       "config.overrides[\"\"]: inv_freq[1] is 1e+38 with these parameters"},
      {kProportional, "", In({0, 8}), "window.width must be 16, not 8: rope_type proportional"},
      {kLongrope, "", In({0, 4}), "must be 8, not 4: short_factor and long_factor"},
      {kSmallHead, "", In({0, 7}), "window.width must be even and 2 to 16"},
      {kSmallHead, "", In({0, 18}), "window.width must be even and 2 to 16"},
      {kSmallHead, "", In({-2, 8}), "window.offset must be 0 to 4088, not -2"},
      {kSmallHead, "full_attention", In({0, 8}),
       "config.overrides.full_attention names no layer type"},
      {kGemma3, "", In({0, 8}), "the model has \"full_attention\", \"sliding_attention\""},
  };
  for (const Refusal& refusal : refusals) {
    ModelConfigReport report = Read(refusal.json);
    const absl::Status status = ApplyOverrides({{refusal.layer_type, refusal.given}}, &report);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << refusal.message;
    EXPECT_THAT(std::string(status.message()), HasSubstr(refusal.message));
  }
}

}  // namespace
}  // namespace rope
