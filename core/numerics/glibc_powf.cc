#include "core/numerics/glibc_powf.h"

#include <bit>
#include <cmath>
#include <cstdint>

namespace rope {
namespace {

constexpr int kLogBits = 4;  // the logarithm's table has 16 entries
constexpr int kExpBits = 5;  // the exponential's has 32
constexpr int kMantissaBits = 23;
constexpr uint32_t kExponentMask = 0xff800000;
// The bits of the float at which the table of logarithms begins: 0.69921875.
constexpr uint32_t kTableStart = 0x3f330000;

// For the middle c of each sixteenth of [0.7, 1.4): 1 / c, and log2(c).
struct LogEntry {
  double inverse;
  double log2;
};
constexpr LogEntry kLogTable[1 << kLogBits] = {
    {0x1.661ec79f8f3bep+0, -0x1.efec65b963019p-2}, {0x1.571ed4aaf883dp+0, -0x1.b0b6832d4fca4p-2},
    {0x1.49539f0f010bp+0, -0x1.7418b0a1fb77bp-2},  {0x1.3c995b0b80385p+0, -0x1.39de91a6dcf7bp-2},
    {0x1.30d190c8864a5p+0, -0x1.01d9bf3f2b631p-2}, {0x1.25e227b0b8eap+0, -0x1.97c1d1b3b7afp-3},
    {0x1.1bb4a4a1a343fp+0, -0x1.2f9e393af3c9fp-3}, {0x1.12358f08ae5bap+0, -0x1.960cbbf788d5cp-4},
    {0x1.0953f419900a7p+0, -0x1.a6f9db6475fcep-5}, {0x1p+0, 0x0p+0},
    {0x1.e608cfd9a47acp-1, 0x1.338ca9f24f53dp-4},  {0x1.ca4b31f026aap-1, 0x1.476a9543891bap-3},
    {0x1.b2036576afce6p-1, 0x1.e840b4ac4e4d2p-3},  {0x1.9c2d163a1aa2dp-1, 0x1.40645f0c6651cp-2},
    {0x1.886e6037841edp-1, 0x1.88e9c2c1b9ff8p-2},  {0x1.767dcf5534862p-1, 0x1.ce0a44eb17bccp-2},
};

// 2^(i / 32).
constexpr double kExpTable[1 << kExpBits] = {
    0x1.0000000000000p+0, 0x1.059b0d3158574p+0, 0x1.0b5586cf9890fp+0, 0x1.11301d0125b51p+0,
    0x1.172b83c7d517bp+0, 0x1.1d4873168b9aap+0, 0x1.2387a6e756238p+0, 0x1.29e9df51fdee1p+0,
    0x1.306fe0a31b715p+0, 0x1.371a7373aa9cbp+0, 0x1.3dea64c123422p+0, 0x1.44e086061892dp+0,
    0x1.4bfdad5362a27p+0, 0x1.5342b569d4f82p+0, 0x1.5ab07dd485429p+0, 0x1.6247eb03a5585p+0,
    0x1.6a09e667f3bcdp+0, 0x1.71f75e8ec5f74p+0, 0x1.7a11473eb0187p+0, 0x1.82589994cce13p+0,
    0x1.8ace5422aa0dbp+0, 0x1.93737b0cdc5e5p+0, 0x1.9c49182a3f090p+0, 0x1.a5503b23e255dp+0,
    0x1.ae89f995ad3adp+0, 0x1.b7f76f2fb5e47p+0, 0x1.c199bdd85529cp+0, 0x1.cb720dcef9069p+0,
    0x1.d5818dcfba487p+0, 0x1.dfc97337b9b5fp+0, 0x1.ea4afa2a490dap+0, 0x1.f50765b6e4540p+0,
};

double Log2(float base) {
  auto bits = std::bit_cast<uint32_t>(base);
  int exponent_shift = 0;
  if (bits >> kMantissaBits == 0) {  // a subnormal number
    bits = std::bit_cast<uint32_t>(base * 0x1p23F);
    exponent_shift = kMantissaBits;
  }
  const uint32_t distance = bits - kTableStart;
  const LogEntry& entry = kLogTable[(distance >> (kMantissaBits - kLogBits)) % (1U << kLogBits)];
  const uint32_t exponent_bits = distance & kExponentMask;
  const double exponent = (static_cast<int32_t>(exponent_bits) >> kMantissaBits) - exponent_shift;
  const double z = std::bit_cast<float>(bits - exponent_bits);
  const double r = std::fma(z, entry.inverse, -1.0);
  const double r2 = r * r;
  const double high = std::fma(0x1.27616c9496e0bp-2, r, -0x1.71969a075c67ap-2);
  const double middle = std::fma(0x1.ec70a6ca7baddp-2, r, -0x1.7154748bef6c8p-1);
  double low = std::fma(0x1.71547652ab82bp0, r, entry.log2 + exponent);
  low = std::fma(middle, r2, low);
  return std::fma(high, r2 * r2, low);
}

double Exp2(double x) {
  const double rounded = std::nearbyint(x * (1 << kExpBits));  // a multiple of 1/32, times 32
  const double r = x - rounded / (1 << kExpBits);
  const auto index = static_cast<int64_t>(rounded);
  const double power =
      std::ldexp(kExpTable[index & ((1 << kExpBits) - 1)], static_cast<int>(index >> kExpBits));
  const double z = std::fma(0x1.c6af84b912394p-5, r, 0x1.ebfce50fac4f3p-3);
  const double y = std::fma(0x1.62e42ff0c52d6p-1, r, 1.0);
  return std::fma(z, r * r, y) * power;
}

}  // namespace

float GlibcPowf(float base, float exponent) {
  return static_cast<float>(Exp2(static_cast<double>(exponent) * Log2(base)));
}

}  // namespace rope
