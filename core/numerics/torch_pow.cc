#include "core/numerics/torch_pow.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <limits>

#include "core/numerics/glibc_powf.h"

namespace rope {
namespace {

constexpr size_t kGroupLanes = 16;
constexpr float kMaxBase = 0x1p127F;  // Log multiplies its argument by 4/3, which must not overflow

// The unevaluated sum hi + lo, with |lo| at most half an ulp of hi. The operations below take
// exactly SLEEF's steps; other steps would be as accurate, but have other last bits.
struct DoubleFloat {
  float hi;
  float lo;
};

// a + b, for any two numbers. Only the rounding of lo is not exact.
DoubleFloat Add(DoubleFloat a, DoubleFloat b) {
  const float sum = a.hi + b.hi;
  const float v = sum - a.hi;
  const float error = (a.hi - (sum - v)) + (b.hi - v);
  return {sum, error + (a.lo + b.lo)};
}

DoubleFloat Add(DoubleFloat a, float b) {
  const float sum = a.hi + b;
  const float v = sum - a.hi;
  return {sum, (a.hi - (sum - v)) + (b - v) + a.lo};
}

DoubleFloat Add(float a, float b) { return Add(DoubleFloat{a, 0.0F}, b); }

// a + b in fewer steps. REQUIRES |a| >= |b|.
DoubleFloat AddSmaller(DoubleFloat a, DoubleFloat b) {
  const float sum = a.hi + b.hi;
  return {sum, ((a.hi - sum) + b.hi) + a.lo + b.lo};
}

DoubleFloat Multiply(DoubleFloat a, DoubleFloat b) {
  const float product = a.hi * b.hi;
  const float error = std::fma(a.hi, b.hi, -product);
  return {product, std::fma(a.hi, b.lo, std::fma(a.lo, b.hi, error))};
}

DoubleFloat Multiply(DoubleFloat a, float b) {
  const float product = a.hi * b;
  return {product, std::fma(a.lo, b, std::fma(a.hi, b, -product))};
}

DoubleFloat Square(DoubleFloat a) {
  const float square = a.hi * a.hi;
  return {square, std::fma(a.hi + a.hi, a.lo, std::fma(a.hi, a.hi, -square))};
}

DoubleFloat Divide(DoubleFloat n, DoubleFloat d) {
  const float t = 1.0F / d.hi;
  const float s = n.hi * t;
  const float u = std::fma(t, n.hi, -s);
  const float v = std::fma(-d.lo, t, std::fma(-d.hi, t, 1.0F));
  return {s, std::fma(s, v, std::fma(n.lo, t, u))};
}

// The natural logarithm. With b = 2^k m, m in [3/4, 3/2): ln b = k ln 2 + 2 atanh((m - 1) / (m +
// 1)).
DoubleFloat Log(float b) {
  const int k = std::ilogb(b * (1.0F / 0.75F));
  const float m = std::ldexp(b, -k);
  const DoubleFloat x = Divide(Add(-1.0F, m), Add(1.0F, m));
  const DoubleFloat x2 = Square(x);

  float t = 0.240320354700088500976562F;
  t = std::fma(t, x2.hi, 0.285112679004669189453125F);
  t = std::fma(t, x2.hi, 0.400007992982864379882812F);
  const DoubleFloat c = {0.66666662693023681640625F, 3.69183861259614332084311e-09F};

  const DoubleFloat ln2 = {0.69314718246459960938F, -1.904654323148236017e-09F};
  DoubleFloat sum = Multiply(ln2, static_cast<float>(k));
  sum = AddSmaller(sum, {2.0F * x.hi, 2.0F * x.lo});
  return AddSmaller(sum, Multiply(Multiply(x2, x), Add(Multiply(x2, t), c)));
}

// e^d. With d = q ln 2 + r: 2^q times a polynomial in r.
float Exp(DoubleFloat d) {
  const float q = std::rint((d.hi + d.lo) * 1.442695040888963407F);
  DoubleFloat r = Add(d, q * -0.693145751953125F);
  r = Add(r, q * -1.428606765330187045e-06F);
  const float hi = r.hi + r.lo;
  r = {hi, (r.hi - hi) + r.lo};

  float u = 0.00136324646882712841033936F;
  u = std::fma(u, r.hi, 0.00836596917361021041870117F);
  u = std::fma(u, r.hi, 0.0416710823774337768554688F);
  u = std::fma(u, r.hi, 0.166665524244308471679688F);
  u = std::fma(u, r.hi, 0.499999850988388061523438F);

  const DoubleFloat tail = AddSmaller(r, Multiply(Square(r), u));
  const DoubleFloat y = AddSmaller({1.0F, 0.0F}, tail);
  return std::ldexp(y.hi + y.lo, static_cast<int>(q));
}

}  // namespace

float SleefPow(float base, float exponent) {
  if (base == 1.0F) return 1.0F;
  return Exp(Multiply(Log(base), exponent));
}

void TorchPow(float base, absl::Span<const float> exponents, absl::Span<float> out) {
  assert(exponents.size() == out.size());
  if (!(base > 0.0F && base <= kMaxBase)) {
    std::fill(out.begin(), out.end(), std::numeric_limits<float>::quiet_NaN());
    return;
  }
  const size_t groups_end = exponents.size() - exponents.size() % kGroupLanes;
  for (size_t i = 0; i < groups_end; ++i) out[i] = SleefPow(base, exponents[i]);
  for (size_t i = groups_end; i < exponents.size(); ++i) {
    out[i] = GlibcPowf(base, exponents[i]);
  }
}

}  // namespace rope
