// Rows of a plan with an angle rule (FrequencyPlan::angles), lane by lane. Works with every
// backend.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "core/backends/backend.h"

namespace rope {

// Half rows, [rows, half_width] of a dtype.
struct HalfRows {
  std::vector<std::byte> cos;
  std::vector<std::byte> sin;
};

// Rows first to first + rows - 1: the correctly rounded float32 cos and sin of each angle,
// converted to form.dtype; sin is negated if the form says so. The layout of `form` is not read.
// INVALID_ARGUMENT if an angle is so large that it is no position, 2^31. REQUIRES plan.angles, and
// positions on every axis that plan.axes names.
absl::Status FillLaneRows(const Backend& backend, const FrequencyPlan& plan,
                          const PositionIds& positions, int64_t first, int64_t rows,
                          const TableForm& form, int threads, HalfRows* out);

}  // namespace rope
