#include "core/rope_types/spectrum/spectrum_lanes.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "core/numerics/torch_pow.h"

namespace rope {
namespace {

// A lane that has a frequency: lane `index` of axis `axis`.
struct Lane {
  size_t axis;
  int64_t index;
};

int64_t LanesOf(const SpectrumAxis& axis) { return axis.dim / 2; }

// The lanes of all axes in turn. An axis without lanes left is passed over.
std::vector<Lane> InTurn(const Spectrum& spectrum) {
  int64_t rounds = 0;
  for (const SpectrumAxis& axis : spectrum.axes) rounds = std::max(rounds, LanesOf(axis));
  std::vector<Lane> lanes;
  for (int64_t index = 0; index < rounds; ++index) {
    for (size_t axis = 0; axis < spectrum.axes.size(); ++axis) {
      if (index < LanesOf(spectrum.axes[axis])) lanes.push_back({axis, index});
    }
  }
  return lanes;
}

std::vector<Lane> InBlocks(const Spectrum& spectrum) {
  std::vector<Lane> lanes;
  for (size_t axis = 0; axis < spectrum.axes.size(); ++axis) {
    for (int64_t index = 0; index < LanesOf(spectrum.axes[axis]); ++index) {
      lanes.push_back({axis, index});
    }
  }
  return lanes;
}

std::vector<Lane> InOrder(const Spectrum& spectrum) {
  return spectrum.order == LaneOrder::kInTurn ? InTurn(spectrum) : InBlocks(spectrum);
}

// numbers[i] for lane i, with the zeros before and after.
template <typename Number>
std::vector<Number> WithZeroLanes(const Spectrum& spectrum, const Number& zero,
                                  const std::vector<Number>& numbers) {
  std::vector<Number> all(static_cast<size_t>(spectrum.zero_lanes_before), zero);
  all.insert(all.end(), numbers.begin(), numbers.end());
  all.insert(all.end(), static_cast<size_t>(spectrum.zero_lanes_after), zero);
  return all;
}

// The frequencies of each lane. `progression(axis)` gives the frequencies of one axis, in order.
template <typename Number, typename Progression>
std::vector<Number> LaneNumbers(const Spectrum& spectrum, const Number& zero,
                                const Progression& progression) {
  std::vector<std::vector<Number>> of_axis(spectrum.axes.size());
  if (spectrum.shared_progression) {
    SpectrumAxis all = spectrum.axes.front();
    all.dim = 2 * static_cast<int64_t>(InTurn(spectrum).size());
    const std::vector<Number> dealt = progression(all);
    size_t next = 0;
    for (const Lane& lane : InTurn(spectrum)) of_axis[lane.axis].push_back(dealt[next++]);
  } else {
    for (size_t axis = 0; axis < of_axis.size(); ++axis) {
      of_axis[axis] = progression(spectrum.axes[axis]);
    }
  }
  std::vector<Number> numbers;
  for (const Lane& lane : InOrder(spectrum)) numbers.push_back(of_axis[lane.axis][lane.index]);
  return WithZeroLanes(spectrum, zero, numbers);
}

// torch's linspace(0, 1, count) in float32: from the front in the first half, and from the end in
// the second, by a fused multiply-add.
std::vector<float> UnitLinspace(int64_t count) {
  std::vector<float> points(count, 0.0F);
  if (count == 1) return points;
  const float step = 1.0F / static_cast<float>(count - 1);
  for (int64_t i = 0; i < count; ++i) {
    points[i] = i < count / 2 ? step * static_cast<float>(i)
                              : std::fma(-step, static_cast<float>(count - 1 - i), 1.0F);
  }
  return points;
}

std::vector<float> Exponents(FrequencyFormula formula, int64_t dim) {
  if (formula == FrequencyFormula::kRising) return UnitLinspace(dim / 2);
  std::vector<float> exponents;
  for (int64_t k = 0; k < dim / 2; ++k) {
    exponents.push_back(static_cast<float>(2 * k) / static_cast<float>(dim));
  }
  return exponents;
}

// exp(-ln(base) k/n): the logarithm is Python's, and each step after it is one of float32.
std::vector<float> ExponentialFrequencies(double base, int64_t count) {
  const float log = -Log(base).ToFloat();
  std::vector<float> frequencies;
  for (int64_t k = 0; k < count; ++k) {
    const float exponent = log * static_cast<float>(k) / static_cast<float>(count);
    frequencies.push_back(Exp(static_cast<double>(exponent)).ToFloat());
  }
  return frequencies;
}

std::vector<float> Float32Frequencies(const SpectrumAxis& axis, FrequencyFormula formula) {
  const double base = axis.theta * axis.ntk_factor;
  if (formula == FrequencyFormula::kExponential) {
    return ExponentialFrequencies(base, axis.dim / 2);
  }
  const std::vector<float> exponents = Exponents(formula, axis.dim);
  std::vector<float> frequencies(exponents.size());
  TorchPow(static_cast<float>(base), exponents, absl::MakeSpan(frequencies));
  for (float& w : frequencies) {
    w = formula == FrequencyFormula::kRising ? w * std::numbers::pi_v<float> / 2.0F : 1.0F / w;
  }
  return frequencies;
}

// Each step is one of float64. The power is correctly rounded.
double Float64Frequency(const SpectrumAxis& axis, FrequencyFormula formula, int64_t k) {
  const double base = axis.theta * axis.ntk_factor;
  const int64_t count = axis.dim / 2;
  if (formula == FrequencyFormula::kRising) {
    // numpy's linspace(0, 1, count): multiples of the step, and 1 at the end.
    const double step = count == 1 ? 0.0 : 1.0 / static_cast<double>(count - 1);
    const double exponent = k > 0 && k == count - 1 ? 1.0 : static_cast<double>(k) * step;
    return Pow(base, exponent).ToDouble() * std::numbers::pi / 2.0;
  }
  const double exponent = static_cast<double>(2 * k) / static_cast<double>(axis.dim);
  return 1.0 / Pow(base, exponent).ToDouble();
}

std::vector<double> HfFrequencies(const SpectrumAxis& axis, const Spectrum& spectrum) {
  std::vector<double> frequencies;
  if (spectrum.frequency_arithmetic == FrequencyArithmetic::kFloat32) {
    const auto factor = static_cast<float>(axis.linear_factor);
    for (const float w : Float32Frequencies(axis, spectrum.formula)) {
      frequencies.push_back(w / factor);
    }
    return frequencies;
  }
  const bool rounds = spectrum.frequency_arithmetic == FrequencyArithmetic::kFloat64ThenFloat32;
  for (int64_t k = 0; k < axis.dim / 2; ++k) {
    const double w = Float64Frequency(axis, spectrum.formula, k) / axis.linear_factor;
    frequencies.push_back(rounds ? static_cast<double>(static_cast<float>(w)) : w);
  }
  return frequencies;
}

std::vector<Real> ExactFrequenciesOf(const SpectrumAxis& axis, const Spectrum& spectrum) {
  const Real base = Real(axis.theta) * axis.ntk_factor;
  const int64_t count = axis.dim / 2;
  Real factor = Real(1.0) / axis.linear_factor / axis.angle_divisor;
  if (spectrum.positions_are_turns) factor = factor * 2.0 * Pi();
  std::vector<Real> frequencies;
  for (int64_t k = 0; k < count; ++k) {
    const auto index = static_cast<double>(k);
    if (spectrum.formula == FrequencyFormula::kRising) {
      const Real exponent = count == 1 ? Real(0.0) : Real(index) / static_cast<double>(count - 1);
      frequencies.push_back(Pow(base, exponent) * Pi() / 2.0 * factor);
    } else {
      const Real exponent = Real(-2.0 * index) / static_cast<double>(axis.dim);
      frequencies.push_back(Pow(base, exponent) * factor);
    }
  }
  return frequencies;
}

}  // namespace

int64_t LaneCount(const Spectrum& spectrum) {
  int64_t lanes = spectrum.zero_lanes_before + spectrum.zero_lanes_after;
  for (const SpectrumAxis& axis : spectrum.axes) lanes += LanesOf(axis);
  return lanes;
}

PositionAxes AxesOf(const Spectrum& spectrum) {
  PositionAxes axes;
  axes.interleaved_pairs = spectrum.interleaved_pairs;
  axes.equal_without_axes = false;
  axes.half_split_per_axis = spectrum.half_split_per_axis;
  std::vector<uint8_t> of_lane;
  for (const Lane& lane : InOrder(spectrum)) {
    const int64_t axis = spectrum.axes[lane.axis].position_axis;
    axes.count = std::max(axes.count, axis + 1);
    of_lane.push_back(static_cast<uint8_t>(axis));
  }
  if (axes.count > 1) axes.of_frequency = WithZeroLanes(spectrum, uint8_t{0}, of_lane);
  return axes;
}

std::vector<double> HfLaneFrequencies(const Spectrum& spectrum) {
  return LaneNumbers<double>(
      spectrum, 0.0, [&](const SpectrumAxis& axis) { return HfFrequencies(axis, spectrum); });
}

std::vector<Real> ExactLaneFrequencies(const Spectrum& spectrum) {
  return LaneNumbers<Real>(spectrum, Real(0.0), [&](const SpectrumAxis& axis) {
    return ExactFrequenciesOf(axis, spectrum);
  });
}

std::vector<double> LaneDivisors(const Spectrum& spectrum) {
  const bool none = std::all_of(spectrum.axes.begin(), spectrum.axes.end(),
                                [](const SpectrumAxis& axis) { return axis.angle_divisor == 1.0; });
  if (none) return {};
  std::vector<double> divisors;
  for (const Lane& lane : InOrder(spectrum)) {
    divisors.push_back(spectrum.axes[lane.axis].angle_divisor);
  }
  return WithZeroLanes(spectrum, 1.0, divisors);
}

}  // namespace rope
