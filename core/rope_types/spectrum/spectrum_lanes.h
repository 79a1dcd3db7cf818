// What a Spectrum gives each lane: its axis and its frequency. All functions are pure, and REQUIRE
// a spectrum without a problem (ProblemOf).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/numerics/real.h"
#include "core/rope_types/position_axes.h"
#include "core/rope_types/spectrum/spectrum.h"

namespace rope {

// What is wrong with a spectrum: the member ("axes[1].dim") and what it must be. Both are empty if
// nothing is wrong. Any spectrum is safe.
struct SpectrumProblem {
  std::string path;
  std::string message;
};
SpectrumProblem ProblemOf(const Spectrum& spectrum);

// One line for people: "2 axes in blocks: 32 lanes of axis 0, theta 10000; ...".
std::string DescribeSpectrum(const Spectrum& spectrum);

// The number of lanes, those of frequency 0 included.
int64_t LaneCount(const Spectrum& spectrum);

// Which position axis each lane reads. Lanes of frequency 0 read axis 0. `count` is the largest
// axis that is read, plus 1.
PositionAxes AxesOf(const Spectrum& spectrum);

// The frequency of each lane in profile hf, in radians per position: floats, unless
// frequency_arithmetic is kFloat64. The factor 2 pi of positions_are_turns is not part of it.
std::vector<double> HfLaneFrequencies(const Spectrum& spectrum);

// The real value of each lane's formula in radians per position, all factors included.
std::vector<Real> ExactLaneFrequencies(const Spectrum& spectrum);

// The angle_divisor of each lane. Empty if all are 1.
std::vector<double> LaneDivisors(const Spectrum& spectrum);

}  // namespace rope
