// Terms of the formulas that several places compute: both numeric profiles of a type, and the check
// of the type's parameters (core/config/judge/rules). All of them call one function, so a check
// finds the same value as the formula, or finds that there is no value.
//
// `Number` is double, for profile `hf`, or Real, for profile `exact`. With double, the operations
// are those of transformers in their order, and logarithms and powers are correctly rounded, so
// that no result depends on a host's C library. A term that has no value is NaN or infinite. Pure.
#pragma once

#include <cmath>
#include <type_traits>

#include "core/numerics/correctly_rounded.h"
#include "core/numerics/real.h"
#include "core/rope_types/rope_config.h"

namespace rope {

template <typename Number>
Number LogOf(const Number& x) {
  if constexpr (std::is_same_v<Number, double>) {
    return CorrectlyRoundedLog(x);
  } else {
    return Log(x);
  }
}

template <typename Number>
Number PowOf(const Number& base, const Number& exponent) {
  if constexpr (std::is_same_v<Number, double>) {
    return CorrectlyRoundedPow(base, exponent);
  } else {
    return Pow(base, exponent);
  }
}

template <typename Number>
Number SqrtOf(const Number& x) {
  if constexpr (std::is_same_v<Number, double>) {
    return std::sqrt(x);
  } else {
    return Sqrt(x);
  }
}

// s of yarn and longrope: the configuration's factor, or else the ratio of the lengths, L / L0.
// REQUIRES the factor or both lengths.
template <typename Number>
Number EffectiveFactor(const RopeConfig& config) {
  if (config.factor.has_value()) return *config.factor;
  return Number(static_cast<double>(*config.max_position_embeddings)) /
         *config.original_max_position_embeddings;
}

// dynamic: rope_theta * stretch^(d / (d - 2)). Has no value for d = 2.
template <typename Number>
Number StretchedBase(const RopeConfig& config, const Number& stretch) {
  const Number d = static_cast<double>(config.rotary_dim);
  return Number(config.rope_theta) * PowOf<Number>(stretch, d / (d - 2.0));
}

// yarn: 0.1 mscale ln(factor) + 1, the temperature of attention as a factor on cos and sin (section
// 3.4 of the paper); 1 if factor <= 1.
template <typename Number>
Number MagnitudeScale(const Number& factor, double mscale) {
  if (!(Number(1.0) < factor)) return 1.0;
  return Number(1.0) / 10.0 * mscale * LogOf<Number>(factor) + 1.0;
}

// longrope: sqrt(1 + ln(factor) / ln(original_length)); 1 if factor <= 1. Has no value if
// original_length is 1, or if it is below 1 and the root's argument is negative.
template <typename Number>
Number LengthScale(const Number& factor, const Number& original_length) {
  if (!(Number(1.0) < factor)) return 1.0;
  return SqrtOf<Number>(1.0 + LogOf<Number>(factor) / LogOf<Number>(original_length));
}

}  // namespace rope
