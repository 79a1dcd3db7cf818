#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/rope_types/spectrum/spectrum_lanes.h"

namespace rope {
namespace {

// The same range as that of rope_theta.
constexpr double kMinTheta = 1e-6;
constexpr double kMaxTheta = 0x1p127;
constexpr double kMinFactor = 1e-6;
constexpr double kMaxFactor = 1e6;
// As many as positions may have.
constexpr int64_t kMaxPositionAxis = 3;

bool IsIn(double value, double min, double max) { return value >= min && value <= max; }

struct NamedFactor {
  absl::string_view name;
  double value;
};

SpectrumProblem ProblemOfAxis(const SpectrumAxis& axis, const std::string& path) {
  if (axis.dim < 2 || axis.dim > kMaxSpectrumChannels || axis.dim % 2 != 0) {
    return {absl::StrCat(path, ".dim"), absl::StrCat("must be an even number from 2 to ",
                                                     kMaxSpectrumChannels, ", not ", axis.dim)};
  }
  if (!IsIn(axis.theta, kMinTheta, kMaxTheta) ||
      !IsIn(axis.theta * axis.ntk_factor, kMinTheta, kMaxTheta)) {
    return {absl::StrCat(path, ".theta"),
            absl::StrCat("must be from 1e-6 to 2^127, also times ntk_factor, and is ", axis.theta)};
  }
  for (const NamedFactor& factor : {NamedFactor{"ntk_factor", axis.ntk_factor},
                                    {"linear_factor", axis.linear_factor},
                                    {"angle_divisor", axis.angle_divisor}}) {
    if (IsIn(factor.value, kMinFactor, kMaxFactor)) continue;
    return {absl::StrCat(path, ".", factor.name),
            absl::StrCat("must be from 1e-6 to 1e6, not ", factor.value)};
  }
  if (axis.position_axis < 0 || axis.position_axis > kMaxPositionAxis) {
    return {absl::StrCat(path, ".position_axis"),
            absl::StrCat("must be from 0 to ", kMaxPositionAxis, ", not ", axis.position_axis)};
  }
  return {};
}

SpectrumProblem ProblemOfSharing(const Spectrum& spectrum) {
  for (size_t i = 1; i < spectrum.axes.size() && spectrum.shared_progression; ++i) {
    const SpectrumAxis& first = spectrum.axes.front();
    const SpectrumAxis& axis = spectrum.axes[i];
    if (axis.theta == first.theta && axis.ntk_factor == first.ntk_factor &&
        axis.linear_factor == first.linear_factor) {
      continue;
    }
    return {absl::StrCat("axes[", i, "]"),
            "must have the theta, the ntk_factor and the linear_factor of axes[0], because "
            "shared_progression is true"};
  }
  return {};
}

SpectrumProblem ProblemOfWhole(const Spectrum& spectrum) {
  const bool has_zero_lanes = spectrum.zero_lanes_before != 0 || spectrum.zero_lanes_after != 0;
  const auto same_axis = [](const SpectrumAxis& a, const SpectrumAxis& b) {
    return a.position_axis == b.position_axis;
  };
  const bool has_neighbours = std::adjacent_find(spectrum.axes.begin(), spectrum.axes.end(),
                                                 same_axis) != spectrum.axes.end();
  if (spectrum.half_split_per_axis && has_neighbours) {
    return {"half_split_per_axis",
            "must be false if two axes that follow each other read the same position_axis"};
  }
  if (spectrum.half_split_per_axis && (spectrum.order != LaneOrder::kBlocks || has_zero_lanes)) {
    return {"half_split_per_axis", "must be false unless order is blocks, without zero_lanes"};
  }
  if (spectrum.formula == FrequencyFormula::kExponential &&
      spectrum.frequency_arithmetic != FrequencyArithmetic::kFloat32) {
    return {"frequency_arithmetic", "must be float32 with formula exponential"};
  }
  if (LaneCount(spectrum) > kMaxSpectrumChannels / 2) {
    return {"axes", absl::StrCat("must have at most ", kMaxSpectrumChannels,
                                 " channels with all zero_lanes, not ", 2 * LaneCount(spectrum))};
  }
  return ProblemOfSharing(spectrum);
}

}  // namespace

SpectrumProblem ProblemOf(const Spectrum& spectrum) {
  const auto count = static_cast<int64_t>(spectrum.axes.size());
  if (count < 1 || count > kMaxSpectrumAxes) {
    return {"axes", absl::StrCat("must have 1 to ", kMaxSpectrumAxes, " entries, not ", count)};
  }
  for (int64_t i = 0; i < count; ++i) {
    SpectrumProblem problem = ProblemOfAxis(spectrum.axes[i], absl::StrCat("axes[", i, "]"));
    if (!problem.path.empty()) return problem;
  }
  for (const auto& [name, lanes] : {std::pair("zero_lanes_before", spectrum.zero_lanes_before),
                                    std::pair("zero_lanes_after", spectrum.zero_lanes_after)}) {
    if (lanes >= 0 && lanes <= kMaxSpectrumChannels / 2) continue;
    return {name, absl::StrCat("must be from 0 to ", kMaxSpectrumChannels / 2, ", not ", lanes)};
  }
  return ProblemOfWhole(spectrum);
}

std::string DescribeSpectrum(const Spectrum& spectrum) {
  const auto axis_text = [](std::string* out, const SpectrumAxis& axis) {
    absl::StrAppend(out, axis.dim / 2, " lanes of axis ", axis.position_axis, ", theta ",
                    axis.theta);
    if (axis.ntk_factor != 1.0) absl::StrAppend(out, " * ", axis.ntk_factor);
    if (axis.linear_factor != 1.0) absl::StrAppend(out, ", linear ", axis.linear_factor);
    if (axis.angle_divisor != 1.0) absl::StrAppend(out, ", angles / ", axis.angle_divisor);
  };
  std::string text =
      absl::StrCat(spectrum.order == LaneOrder::kBlocks ? "in blocks: " : "in turn: ",
                   absl::StrJoin(spectrum.axes, "; ", axis_text));
  if (spectrum.shared_progression) absl::StrAppend(&text, "; one progression");
  if (spectrum.formula == FrequencyFormula::kRising) absl::StrAppend(&text, "; rising");
  if (spectrum.formula == FrequencyFormula::kExponential) absl::StrAppend(&text, "; exponential");
  if (spectrum.positions_are_turns) absl::StrAppend(&text, "; positions in turns");
  if (spectrum.angle_arithmetic == AngleArithmetic::kFloat64) {
    absl::StrAppend(&text, "; float64 angles");
  }
  const int64_t zeros = spectrum.zero_lanes_before + spectrum.zero_lanes_after;
  if (zeros > 0) absl::StrAppend(&text, "; ", zeros, " lanes of frequency 0");
  return text;
}

}  // namespace rope
