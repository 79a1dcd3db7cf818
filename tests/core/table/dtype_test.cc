// Expected values come from the definition of rounding to nearest even, applied to all 65536 values
// of each 16-bit format and to the middles between neighbours.
#include "core/table/dtype.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace rope {
namespace {

// The value of a 16-bit pattern as IEEE 754 defines it: a sign, `exponent_bits`, and the fraction.
double ValueOf(uint16_t bits, int exponent_bits) {
  const int fraction_bits = 15 - exponent_bits;
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const int exponent = (bits >> fraction_bits) & ((1 << exponent_bits) - 1);
  const int fraction = bits & ((1 << fraction_bits) - 1);
  const double sign = (bits & 0x8000) != 0 ? -1.0 : 1.0;
  if (exponent == (1 << exponent_bits) - 1) {
    return fraction == 0 ? sign * INFINITY : NAN;
  }
  const double significand =
      (exponent == 0 ? 0.0 : 1.0) + std::ldexp(static_cast<double>(fraction), -fraction_bits);
  return sign * std::ldexp(significand, std::max(exponent, 1) - bias);
}

struct Format {
  DType dtype;
  int exponent_bits;
};

class SixteenBitTest : public testing::TestWithParam<Format> {
 protected:
  uint16_t Convert(float value) const {
    uint16_t bits = 0;
    ConvertFromFloat32(GetParam().dtype, &value, 1, &bits);
    return bits;
  }
  double Value(uint16_t bits) const { return ValueOf(bits, GetParam().exponent_bits); }
};

TEST_P(SixteenBitTest, EveryValueOfTheFormatIsKept) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const double value = Value(static_cast<uint16_t>(bits));
    const uint16_t converted = Convert(static_cast<float>(value));
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(Value(converted))) << bits;
    } else {
      EXPECT_EQ(converted, bits);
    }
  }
}

TEST_P(SixteenBitTest, ValuesBetweenGoToTheNearestAndTiesToEven) {
  for (uint32_t bits = 0; bits + 1 < 0x8000; ++bits) {
    const double low = Value(static_cast<uint16_t>(bits));
    const double high = Value(static_cast<uint16_t>(bits + 1));
    if (!std::isfinite(high)) break;
    const float middle = static_cast<float>((low + high) / 2);  // exact: it needs only one bit more
    const uint32_t even = (bits & 1) == 0 ? bits : bits + 1;
    EXPECT_EQ(Convert(middle), even) << bits;
    EXPECT_EQ(Convert(-middle), even | 0x8000U) << bits;
    EXPECT_EQ(Convert(std::nextafter(middle, 0.0F)), bits);
    EXPECT_EQ(Convert(std::nextafter(middle, INFINITY)), bits + 1);
  }
}

TEST_P(SixteenBitTest, OverflowIsInfinityAndNaNStaysNaN) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(Value(Convert(std::numeric_limits<float>::max())), infinity);
  EXPECT_EQ(Value(Convert(-std::numeric_limits<float>::max())), -infinity);
  EXPECT_EQ(Value(Convert(INFINITY)), infinity);
  EXPECT_TRUE(std::isnan(Value(Convert(NAN))));
  EXPECT_TRUE(std::isnan(Value(Convert(std::bit_cast<float>(0x7f800001U)))));
}

INSTANTIATE_TEST_SUITE_P(Formats, SixteenBitTest,
                         testing::Values(Format{DType::kFloat16, 5}, Format{DType::kBFloat16, 8}),
                         [](const auto& info) { return std::string(DTypeName(info.param.dtype)); });

TEST(DTypeTest, Float32IsCopied) {
  const std::vector<float> in = {0.0F, -0.0F, 1.0F, std::numeric_limits<float>::denorm_min()};
  std::vector<float> out(in.size());
  ConvertFromFloat32(DType::kFloat32, in.data(), in.size(), out.data());
  for (size_t i = 0; i < in.size(); ++i) {
    EXPECT_EQ(std::bit_cast<uint32_t>(out[i]), std::bit_cast<uint32_t>(in[i]));
  }
}

TEST(DTypeTest, NamesAreFoundAndUnknownOnesAreNot) {
  for (DType dtype : AllDTypes()) EXPECT_EQ(FindDType(DTypeName(dtype)), dtype);
  EXPECT_FALSE(FindDType("float8").has_value());
  EXPECT_FALSE(FindDType("").has_value());
}

}  // namespace
}  // namespace rope
