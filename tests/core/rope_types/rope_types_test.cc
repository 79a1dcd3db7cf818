// Properties of single types that the papers state, for parameters that no golden record has.
#include "core/rope_types/rope_types.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "core/rope_types/rope_parameters.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

RopeConfig Base(const std::string& type) {
  RopeConfig config;
  config.rope_type = type;
  config.rope_theta = 12345.0;
  config.head_dim = 64;
  config.rotary_dim = 64;
  config.max_position_embeddings = 8192;
  config.original_max_position_embeddings = 2048;
  config.factor = 4.0;
  return config;
}

Frequencies Compute(const RopeConfig& config, std::optional<int64_t> seq_len = std::nullopt) {
  return FindRopeType(config.rope_type)->compute(config, seq_len, HfCallSite::kInitFunction);
}

TEST(RopeTypesTest, NamesAreUniqueAndFound) {
  std::set<std::string> names;
  for (const RopeType& type : AllRopeTypes()) {
    EXPECT_TRUE(names.insert(std::string(type.name)).second);
    EXPECT_EQ(FindRopeType(type.name), &type);
    EXPECT_FALSE(type.description.empty());
    EXPECT_FALSE(type.source.empty());
  }
  EXPECT_EQ(FindRopeType("YARN"), nullptr);
  EXPECT_EQ(FindRopeType(""), nullptr);
}

TEST(RopeTypesTest, ColumnsOfARowFitTogether) {
  for (const RopeType& type : AllRopeTypes()) {
    const auto has = [](absl::Span<const absl::string_view> keys, absl::string_view key) {
      return std::find(keys.begin(), keys.end(), key) != keys.end();
    };
    EXPECT_EQ(type.needs_original_length,
              has(type.required_keys, "original_max_position_embeddings"))
        << type.name;
    EXPECT_EQ(type.is_scaled, type.name != kDefaultRopeType) << type.name;
    for (const absl::string_view key : type.defaulted_keys) {
      EXPECT_TRUE(has(type.optional_keys, key)) << type.name << " " << key;
      EXPECT_FALSE(std::holds_alternative<std::monostate>(DefaultOf(key))) << type.name;
    }
  }
}

TEST(RopeTypesTest, DefaultIsAGeometricProgressionFromOne) {
  const auto w = Compute(Base("default")).inv_freq;
  ASSERT_EQ(w.size(), 32U);
  EXPECT_EQ(w[0], 1.0F);
  const double ratio = std::pow(12345.0, -2.0 / 64.0);
  for (size_t i = 1; i < w.size(); ++i) EXPECT_NEAR(w[i] / w[i - 1], ratio, 1e-6);
}

TEST(RopeTypesTest, LinearIsTheDefaultOfPositionsDividedByTheFactor) {
  const auto w = Compute(Base("default")).inv_freq;
  const auto linear = Compute(Base("linear")).inv_freq;
  for (size_t i = 0; i < w.size(); ++i) EXPECT_EQ(linear[i], w[i] / 4.0F);  // exact: a power of two
}

// YaRN, section 3.2: every frequency lies between the unchanged one and the one divided by factor.
// The first is unchanged, the last is divided.
TEST(RopeTypesTest, YarnLiesBetweenInterpolationAndExtrapolation) {
  const auto w = Compute(Base("default")).inv_freq;
  const Frequencies yarn = Compute(Base("yarn"));
  for (size_t i = 0; i < w.size(); ++i) {
    EXPECT_LE(yarn.inv_freq[i], w[i] * 1.000001F);
    EXPECT_GE(yarn.inv_freq[i], w[i] / 4.0F * 0.999999F);
  }
  EXPECT_EQ(yarn.inv_freq.front(), w.front());
  EXPECT_EQ(yarn.inv_freq.back(), w.back() / 4.0F);
  EXPECT_DOUBLE_EQ(yarn.attention_factor, 0.1 * std::log(4.0) + 1.0);
}

// Llama 3.1: short wavelengths are unchanged, long ones are divided by factor.
TEST(RopeTypesTest, Llama3ChangesLongWavelengthsOnly) {
  RopeConfig config = Base("llama3");
  config.low_freq_factor = 1.0;
  config.high_freq_factor = 4.0;
  const auto w = Compute(Base("default")).inv_freq;
  const auto scaled = Compute(config).inv_freq;
  for (size_t i = 0; i < w.size(); ++i) {
    const double wavelength = 2.0 * M_PI / w[i];
    if (wavelength < 2048.0 / 4.0 * 0.9999) {
      EXPECT_EQ(scaled[i], w[i]);
    } else if (wavelength > 2048.0 / 1.0 * 1.0001) {
      EXPECT_EQ(scaled[i], w[i] / 4.0F);
    }
  }
}

TEST(RopeTypesTest, DynamicIsTheDefaultUpToTheTrainedLengthAndLowerBeyond) {
  const auto w = Compute(Base("default")).inv_freq;
  EXPECT_EQ(Compute(Base("dynamic")).inv_freq, w);
  EXPECT_EQ(Compute(Base("dynamic"), 8192).inv_freq, w);
  const auto longer = Compute(Base("dynamic"), 20000).inv_freq;
  EXPECT_EQ(longer[0], 1.0F);
  for (size_t i = 1; i < w.size(); ++i) EXPECT_LT(longer[i], w[i]);
}

TEST(RopeTypesTest, LongropeSwitchesListsBeyondTheOriginalLength) {
  RopeConfig config = Base("longrope");
  config.short_factor.assign(32, 1.0);
  config.long_factor.assign(32, 2.0);
  const auto w = Compute(Base("default")).inv_freq;
  EXPECT_EQ(Compute(config).inv_freq, w);
  EXPECT_EQ(Compute(config, 2048).inv_freq, w);
  const Frequencies longer = Compute(config, 2049);
  for (size_t i = 0; i < w.size(); ++i) EXPECT_EQ(longer.inv_freq[i], w[i] / 2.0F);
  EXPECT_DOUBLE_EQ(longer.attention_factor, std::sqrt(1.0 + std::log(4.0) / std::log(2048.0)));
}

TEST(RopeTypesTest, ProportionalRotatesTheFirstShareAndLeavesTheRest) {
  RopeConfig config = Base("proportional");
  config.partial_rotary_factor = 0.25;
  config.factor.reset();
  const auto w = Compute(Base("default")).inv_freq;
  const auto proportional = Compute(config).inv_freq;
  ASSERT_EQ(proportional.size(), w.size());
  for (size_t i = 0; i < w.size(); ++i) EXPECT_NEAR(proportional[i], i < 8 ? w[i] : 0.0F, 1e-9);
}

}  // namespace
}  // namespace rope
