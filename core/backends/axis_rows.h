// Rows of a table at positions of one axis or of several (M-RoPE). Works with every backend.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "core/backends/backend.h"

namespace rope {

// OK if the plan has tables at these positions in this layout. Positions of one axis mostly do: a
// token of text has the same position on all axes (PositionAxes::equal_without_axes).
// INVALID_ARGUMENT if the number of axes is not
// that of the model, if its sections cannot be realised (PositionAxes::problem), or if the two
// channels of a pair read different axes and the layout has one entry for both.
absl::Status CheckAxes(const FrequencyPlan& plan, const PositionIds& positions, Layout layout);

// Like Backend::FillRows. Entry i of a row is that of the position on the axis which frequency i
// reads, so every entry has the bits of a table of one axis. Takes the time of a table for each
// axis. A plan with an angle rule is computed angle by angle instead; INVALID_ARGUMENT if an angle
// is then 2^31 or more. REQUIRES CheckAxes in addition.
absl::Status FillTableRows(const Backend& backend, const FrequencyPlan& plan,
                           const PositionIds& positions, int64_t first, int64_t rows,
                           const TableForm& form, int threads, const TableRows& out);

}  // namespace rope
