// Expected values come from the definition of the format (IEEE 754, section 3.4), for all 65536
// patterns.
#include "core/rotation/element_values.h"

#include <bit>
#include <cmath>
#include <cstdint>

#include "gtest/gtest.h"

namespace rope {
namespace {

double Binary16(uint32_t bits) {
  const double sign = (bits & 0x8000U) != 0 ? -1.0 : 1.0;
  const int exponent = static_cast<int>((bits >> 10) & 31U);
  const double fraction = bits & 1023U;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(1024.0 + fraction, exponent - 25);
}

TEST(ElementValuesTest, EveryFloat16HasItsValue) {
  for (uint32_t bits = 0; bits < 0x10000U; ++bits) {
    const float value = FromElement<DType::kFloat16>(static_cast<uint16_t>(bits));
    const uint32_t magnitude = bits & 0x7fffU;
    if (magnitude > 0x7c00U) {
      EXPECT_TRUE(std::isnan(value)) << bits;
    } else if (magnitude == 0x7c00U) {
      EXPECT_TRUE(std::isinf(value)) << bits;
      EXPECT_EQ(std::signbit(value), bits != magnitude) << bits;
    } else {
      EXPECT_EQ(static_cast<double>(value), Binary16(bits)) << bits;
      EXPECT_EQ(std::signbit(value), bits != magnitude) << bits;
    }
  }
}

TEST(ElementValuesTest, EveryBFloat16IsTheUpperHalfOfItsValue) {
  for (uint32_t bits = 0; bits < 0x10000U; ++bits) {
    const float value = FromElement<DType::kBFloat16>(static_cast<uint16_t>(bits));
    EXPECT_EQ(std::bit_cast<uint32_t>(value), bits << 16);
  }
}

// Every float32 whose lower half is one of these: middles between two float16, and their
// neighbours.
TEST(ElementValuesTest, RoundingToFloat16IsConvertingThereAndBack) {
  for (uint32_t upper = 0; upper < 0x10000U; ++upper) {
    for (const uint32_t lower : {0x0000U, 0x0001U, 0x0fffU, 0x1000U, 0x1001U, 0x2fffU, 0x3000U,
                                 0x8000U, 0xefffU, 0xf000U, 0xf001U, 0xffffU}) {
      const float value = std::bit_cast<float>(upper << 16 | lower);
      const float expected = FromElement<DType::kFloat16>(ToElement<DType::kFloat16>(value));
      ASSERT_EQ(std::bit_cast<uint32_t>(RoundTo<DType::kFloat16>(value)),
                std::bit_cast<uint32_t>(expected))
          << upper << " " << lower;
    }
  }
}

// RoundTo and RoundToElement skip the test for NaN that ToElement has.
TEST(ElementValuesTest, ProductsAndSumsOfBFloat16AreRoundedLikeAnyFloat) {
  for (uint32_t a = 0; a < 0x10000U; a += 7) {
    for (const uint32_t b : {0x0000U, 0x0001U, 0x3f81U, 0x8042U, 0xbeffU, 0x7f7fU, 0x7f80U, 0xff80U,
                             0x7fc1U, 0x7f81U, 0xffffU}) {
      const float x = FromElement<DType::kBFloat16>(static_cast<uint16_t>(a));
      const float y = FromElement<DType::kBFloat16>(static_cast<uint16_t>(b));
      for (const float value : {x * y, x + y}) {
        const uint16_t expected = ToElement<DType::kBFloat16>(value);
        ASSERT_EQ(RoundToElement<DType::kBFloat16>(value), expected) << a << " " << b;
        ASSERT_EQ(std::bit_cast<uint32_t>(RoundTo<DType::kBFloat16>(value)),
                  uint32_t{expected} << 16)
            << a << " " << b;
      }
    }
  }
}

}  // namespace
}  // namespace rope
