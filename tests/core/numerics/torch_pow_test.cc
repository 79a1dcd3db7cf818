// Compares SleefPow with libsleef, on hosts that can run its FMA form, and with the correctly
// rounded power, which is at most 1 ulp away. rope_types/golden_frequencies_test.cc compares
// TorchPow with all recorded results of torch.
#include "core/numerics/torch_pow.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "absl/types/span.h"
#include "core/numerics/correctly_rounded.h"
#include "core/numerics/glibc_powf.h"
#include "gtest/gtest.h"

namespace rope {

float LibsleefPow(float base, float exponent);  // libsleef_pow.cc; needs AVX2 and FMA

namespace {

int64_t UlpDistance(float a, float b) {
  return std::abs(static_cast<int64_t>(std::bit_cast<int32_t>(a)) - std::bit_cast<int32_t>(b));
}

struct Pair {
  float base;
  float exponent;
};

// Bases between 2^-20 and 2^40, and exponents of the form 2i/d, as in rotary frequencies.
std::vector<Pair> RandomPairs(size_t count) {
  std::mt19937 generator(20260101);
  std::uniform_real_distribution<float> log_base(-20.0F, 40.0F);
  std::uniform_int_distribution<int> dim(2, 512);
  std::vector<Pair> pairs(count);
  for (Pair& pair : pairs) {
    pair.base = std::exp2(log_base(generator));
    const int d = dim(generator);
    const int i = std::uniform_int_distribution<int>(0, d / 2)(generator);
    pair.exponent = static_cast<float>(2 * i) / static_cast<float>(d + 1);
  }
  return pairs;
}

TEST(TorchPowTest, EveryLaneIsWithinOneUlpOfTheCorrectlyRoundedPower) {
  for (const Pair& pair : RandomPairs(20000)) {
    const float expected = CorrectlyRoundedPowf(pair.base, pair.exponent);
    EXPECT_LE(UlpDistance(SleefPow(pair.base, pair.exponent), expected), 1)
        << pair.base << " ** " << pair.exponent;
  }
}

TEST(TorchPowTest, LanesOfAnUnfinishedGroupAreThoseOfGlibc) {
  std::vector<float> exponents;
  for (int i = 0; i < 16 + 9; ++i) exponents.push_back(static_cast<float>(2 * i) / 50.0F);
  for (float base : {10000.0F, 500000.0F, 1e6F, 25000.0F, 3.7F}) {
    std::vector<float> powers(exponents.size());
    TorchPow(base, exponents, absl::MakeSpan(powers));
    for (size_t i = 0; i < exponents.size(); ++i) {
      const float expected = i < 16 ? SleefPow(base, exponents[i]) : GlibcPowf(base, exponents[i]);
      EXPECT_EQ(powers[i], expected) << base << " lane " << i;
    }
  }
}

TEST(TorchPowTest, ABaseThatHasNoPowersGivesNaN) {
  const std::vector<float> exponents(17, 0.5F);
  for (float base : {0.0F, -1.0F, INFINITY, NAN, 3.4e38F}) {
    std::vector<float> powers(exponents.size());
    TorchPow(base, exponents, absl::MakeSpan(powers));
    for (float power : powers) EXPECT_TRUE(std::isnan(power)) << base;
  }
}

#if defined(__GLIBC__)
TEST(GlibcPowfTest, EqualsThePowfOfThisHostsLibrary) {
  size_t different = 0;
  for (const Pair& pair : RandomPairs(1000000)) {
    different += GlibcPowf(pair.base, pair.exponent) != ::powf(pair.base, pair.exponent);
  }
  EXPECT_EQ(different, 0U);
}
#endif

TEST(GlibcPowfTest, TheEndsOfTheRange) {
  EXPECT_EQ(GlibcPowf(1.0F, 0.3F), 1.0F);
  EXPECT_EQ(GlibcPowf(10000.0F, 0.0F), 1.0F);
  EXPECT_EQ(GlibcPowf(10000.0F, 1.0F), 10000.0F);
  EXPECT_EQ(GlibcPowf(0x1p127F, 1.0F), 0x1p127F);
  EXPECT_EQ(GlibcPowf(0x1p-149F, 1.0F), 0x1p-149F);
  EXPECT_EQ(GlibcPowf(0x1p-140F, 0.5F), 0x1p-70F);
}

// theta 1e6, the lane at the exponent 2/7 (rotary_dim 21 or 28).
TEST(GlibcPowfTest, IsNotAlwaysTheNearest) {
  EXPECT_NE(GlibcPowf(1e6F, 2.0F / 7.0F), CorrectlyRoundedPowf(1e6F, 2.0F / 7.0F));
  EXPECT_EQ(UlpDistance(GlibcPowf(1e6F, 2.0F / 7.0F), CorrectlyRoundedPowf(1e6F, 2.0F / 7.0F)), 1);
}

#if defined(__x86_64__)
TEST(TorchPowTest, EqualsLibsleefInItsFmaForm) {
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return;
  size_t different = 0;
  for (const Pair& pair : RandomPairs(1000000)) {
    different += SleefPow(pair.base, pair.exponent) != LibsleefPow(pair.base, pair.exponent);
  }
  EXPECT_EQ(different, 0U);
}
#endif

}  // namespace
}  // namespace rope
