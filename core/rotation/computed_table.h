// ComputedTable: a table that this library computes for ApplyRotary.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "core/plan/frequency_plan.h"
#include "core/rotation/apply_rotary.h"
#include "core/table/dtype.h"
#include "core/table/position_ids.h"

namespace rope {

// Owns cos and sin, a row for each position. Movable; a const one is thread-safe.
class ComputedTable {
 public:
  // Computes one row for each position with the best backend of this host. `dtype` is float32,
  // float16 or bfloat16: a model's table is rounded to it before it is used. INVALID_ARGUMENT for
  // float64, if plan.rotary_dim is odd, because a channel would be left without a partner, and for
  // positions of axes that the plan does not have (CheckAxes).
  static absl::StatusOr<ComputedTable> Make(const FrequencyPlan& plan, const PositionIds& positions,
                                            DType dtype);

  // A view, which this object must outlive. `batch_rows` is the number of rows of one sequence, or
  // 0 if all sequences share them.
  RotaryTable View(int64_t batch_rows) const;

 private:
  ComputedTable() = default;

  DType dtype_ = DType::kFloat32;
  Layout layout_ = Layout::kCompact;
  int64_t half_width_ = 0;
  std::vector<std::byte> cos_;
  std::vector<std::byte> sin_;
};

}  // namespace rope
