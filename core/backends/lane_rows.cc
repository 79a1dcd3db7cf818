#include "core/backends/lane_rows.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/numerics/correctly_rounded.h"

namespace rope {
namespace {

// The positions of one axis after the other, [axes, rows].
std::vector<double> PositionsOf(const PositionIds& positions, int64_t first, int64_t rows) {
  std::vector<double> values(positions.axes() * rows);
  for (int64_t axis = 0; axis < positions.axes(); ++axis) {
    positions.AxisRows(axis, first, rows)
        .CopyTo(0, absl::MakeSpan(values).subspan(axis * rows, rows));
  }
  return values;
}

// The angles of all lanes of all rows, [rows, half_width].
std::vector<double> AnglesOf(const FrequencyPlan& plan, const PositionIds& positions, int64_t first,
                             int64_t rows) {
  const std::vector<double> values = PositionsOf(positions, first, rows);
  const int64_t lanes = plan.half_width();
  std::vector<double> angles(rows * lanes);
  std::vector<double> of_lane(lanes);
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t lane = 0; lane < lanes; ++lane) {
      const int64_t axis = positions.axes() == 1 ? 0 : plan.axes->of_frequency[lane];
      of_lane[lane] = values[axis * rows + row];
    }
    ComputeAngles(*plan.angles, of_lane, absl::MakeSpan(angles).subspan(row * lanes, lanes));
  }
  return angles;
}

void FillFromDoubles(const std::vector<double>& angles, const TableForm& form, HalfRows* out) {
  std::vector<float> cos;
  std::vector<float> sin;
  for (const double angle : angles) {
    const CosSin value = CorrectlyRoundedCosSin(angle);
    cos.push_back(value.cos);
    sin.push_back(form.negate_sin ? -value.sin : value.sin);
  }
  ConvertFromFloat32(form.dtype, cos.data(), cos.size(), out->cos.data());
  ConvertFromFloat32(form.dtype, sin.data(), sin.size(), out->sin.data());
}

// A float32 angle is a position at which a frequency of 1 is read.
absl::Status FillFromFloats(const Backend& backend, std::vector<double> angles,
                            const TableForm& form, int threads, HalfRows* out) {
  FrequencyPlan unit;
  unit.inv_freq = {1.0F};
  const auto count = static_cast<int64_t>(angles.size());
  auto positions = PositionIds::Fractional(std::move(angles));
  if (!positions.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("position_ids give an angle of 2^31 radians or more: a position times the "
                     "frequency of its lane must be smaller"));
  }
  return backend.FillRows(unit, *positions, 0, count,
                          {form.dtype, Layout::kCompact, form.negate_sin}, threads,
                          {out->cos.data(), out->sin.data()});
}

}  // namespace

absl::Status FillLaneRows(const Backend& backend, const FrequencyPlan& plan,
                          const PositionIds& positions, int64_t first, int64_t rows,
                          const TableForm& form, int threads, HalfRows* out) {
  std::vector<double> angles = AnglesOf(plan, positions, first, rows);
  out->cos.resize(angles.size() * DTypeSize(form.dtype));
  out->sin.resize(out->cos.size());
  if (plan.angles->float64_angles) {
    FillFromDoubles(angles, form, out);
    return absl::OkStatus();
  }
  return FillFromFloats(backend, std::move(angles), form, threads, out);
}

}  // namespace rope
