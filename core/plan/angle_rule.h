// AngleRule: how profile `hf` computes the angles of a spectrum whose arithmetic is not one product
// of two floats.
//
//   p       = the position, rounded to float32 unless one of both types below is float64
//   p       = p * float32(2 pi) in float32, if positions are turns
//   product = p * inv_freq, in float64 if one of both types is float64, else in float32
//   angle   = product, rounded to the type of angles; then divided by float32(divisor) in that type
//
// Sources: see core/rope_types/spectrum/spectrum.h.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "core/rope_types/spectrum/spectrum.h"

namespace rope {

// Immutable once made, so several threads may read it.
struct AngleRule {
  std::vector<double> inv_freq;  // of each lane, in radians per position; floats if so computed
  std::vector<double> divisors;  // of each lane; empty: all are 1
  bool float64_product = false;
  bool float64_angles = false;
  bool positions_are_turns = false;
};

// The rule of a spectrum; null if its angles are products of two floats. Pure.
std::shared_ptr<const AngleRule> AngleRuleOf(const Spectrum& spectrum);

// Appends the bytes by which two rules can be told apart.
void AppendAngleRule(const AngleRule& rule, std::string* bytes);

// The angle of lane i at positions[i], for every lane. Floats, unless float64_angles. REQUIRES one
// position and one place in `angles` for each lane. Pure.
void ComputeAngles(const AngleRule& rule, absl::Span<const double> positions,
                   absl::Span<double> angles);

}  // namespace rope
