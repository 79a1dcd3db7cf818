// Expected values: mpmath 1.3.0 with 400 bits, rounded once, or MPFR. Special values: IEEE 754.
#include "core/numerics/correctly_rounded.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <thread>

#include "core/numerics/real.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

TEST(CorrectlyRoundedTest, Log) {
  EXPECT_EQ(CorrectlyRoundedLog(1.0), 0.0);
  EXPECT_EQ(CorrectlyRoundedLog(2.0), 0x1.62e42fefa39efp-1);
  EXPECT_EQ(CorrectlyRoundedLog(10000.0), 0x1.26bb1bbb55516p+3);
  EXPECT_EQ(CorrectlyRoundedLog(0.0), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(CorrectlyRoundedLog(-1.0)));
}

TEST(CorrectlyRoundedTest, Pow) {
  EXPECT_EQ(CorrectlyRoundedPow(2.0, 0.5), 0x1.6a09e667f3bcdp+0);
  EXPECT_EQ(CorrectlyRoundedPow(1000.0, 128.0 / 126.0), 0x1.16f893554fabfp+10);
  EXPECT_EQ(CorrectlyRoundedPowf(10000.0F, 0.5F), 100.0F);
  EXPECT_EQ(CorrectlyRoundedPowf(0x1p-149F, 1.0F), 0x1p-149F);  // the smallest subnormal survives
}

TEST(CorrectlyRoundedTest, Exp) {
  EXPECT_EQ(CorrectlyRoundedExpf(0.0F), 1.0F);
  EXPECT_EQ(CorrectlyRoundedExpf(1.0F), 0x1.5bf0a8p+1F);
  EXPECT_EQ(CorrectlyRoundedExpf(-std::numeric_limits<float>::infinity()), 0.0F);
  EXPECT_TRUE(std::isnan(CorrectlyRoundedExpf(std::numeric_limits<float>::quiet_NaN())));
}

TEST(CorrectlyRoundedTest, LogfIsTheRealLogarithmRoundedOnce) {
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    // The bits of a positive finite number, subnormal ones too.
    const auto x = std::bit_cast<float>(static_cast<uint32_t>(random() % 0x7f800000U));
    ASSERT_EQ(CorrectlyRoundedLogf(x), Log(Real(static_cast<double>(x))).ToFloat()) << x;
  }
  EXPECT_EQ(CorrectlyRoundedLogf(1.0F), 0.0F);
  EXPECT_EQ(CorrectlyRoundedLogf(0.0F), -std::numeric_limits<float>::infinity());
  EXPECT_EQ(CorrectlyRoundedLogf(std::numeric_limits<float>::infinity()),
            std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(CorrectlyRoundedLogf(-1.0F)));
}

TEST(CorrectlyRoundedTest, CosSinOfTheHardestAngle) {
  // The true sine is 2^-57 away from the middle between two floats. Rounding it to double first
  // gives the wrong float.
  EXPECT_EQ(CorrectlyRoundedCosSin(0x1.33333p+13F).sin, -0x1.63f4bap-2F);
}

TEST(CorrectlyRoundedTest, CosSinOfSpecialAngles) {
  EXPECT_EQ(CorrectlyRoundedCosSin(0.0F).cos, 1.0F);
  EXPECT_EQ(CorrectlyRoundedCosSin(0.0F).sin, 0.0F);
  EXPECT_EQ(CorrectlyRoundedCosSin(0x1p-149F).sin, 0x1p-149F);
  EXPECT_EQ(CorrectlyRoundedCosSin(2147483648.0F).cos, 0x1.e70c2ep-3F);
  EXPECT_TRUE(std::isnan(CorrectlyRoundedCosSin(std::numeric_limits<float>::infinity()).cos));
}

TEST(CorrectlyRoundedTest, ThreadsGiveTheSameAndLeaveNothingBehind) {
  CosSin there{};
  std::thread thread([&] { there = CorrectlyRoundedCosSin(131071.0F); });
  thread.join();
  EXPECT_EQ(there.cos, CorrectlyRoundedCosSin(131071.0F).cos);
}

}  // namespace
}  // namespace rope
