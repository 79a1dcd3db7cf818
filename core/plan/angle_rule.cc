#include "core/plan/angle_rule.h"

#include <bit>
#include <cstdint>
#include <numbers>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/rope_types/spectrum/spectrum_lanes.h"

namespace rope {
namespace {

double PositionOf(const AngleRule& rule, double position) {
  if (!rule.positions_are_turns && rule.float64_product) return position;
  const auto rounded = static_cast<float>(position);
  if (!rule.positions_are_turns) return rounded;
  return 2.0F * std::numbers::pi_v<float> * rounded;
}

}  // namespace

std::shared_ptr<const AngleRule> AngleRuleOf(const Spectrum& spectrum) {
  const bool float64_inv_freq = spectrum.frequency_arithmetic == FrequencyArithmetic::kFloat64;
  AngleRule rule;
  rule.float64_angles = spectrum.angle_arithmetic == AngleArithmetic::kFloat64;
  rule.float64_product = float64_inv_freq || rule.float64_angles;
  rule.positions_are_turns = spectrum.positions_are_turns;
  rule.divisors = LaneDivisors(spectrum);
  if (!rule.float64_product && !rule.positions_are_turns && rule.divisors.empty()) return nullptr;
  rule.inv_freq = HfLaneFrequencies(spectrum);
  return std::make_shared<const AngleRule>(std::move(rule));
}

void AppendAngleRule(const AngleRule& rule, std::string* bytes) {
  absl::StrAppend(bytes, "angles ", rule.float64_product, rule.float64_angles,
                  rule.positions_are_turns, "\n");
  for (const std::vector<double>* numbers : {&rule.inv_freq, &rule.divisors}) {
    for (const double number : *numbers)
      absl::StrAppend(bytes, absl::Hex(std::bit_cast<uint64_t>(number)), " ");
    absl::StrAppend(bytes, "\n");
  }
}

void ComputeAngles(const AngleRule& rule, absl::Span<const double> positions,
                   absl::Span<double> angles) {
  for (size_t i = 0; i < angles.size(); ++i) {
    const double position = PositionOf(rule, positions[i]);
    double angle = rule.float64_product
                       ? position * rule.inv_freq[i]
                       : static_cast<float>(position) * static_cast<float>(rule.inv_freq[i]);
    if (!rule.float64_angles) angle = static_cast<float>(angle);
    if (!rule.divisors.empty()) {
      const auto divisor = static_cast<float>(rule.divisors[i]);
      angle = rule.float64_angles ? angle / divisor : static_cast<float>(angle) / divisor;
    }
    angles[i] = angle;
  }
}

}  // namespace rope
