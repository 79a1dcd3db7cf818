#include "core/rotation/computed_table.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/backends/axis_rows.h"
#include "core/backends/backends.h"
#include "core/table/table_rows.h"

namespace rope {

absl::StatusOr<ComputedTable> ComputedTable::Make(const FrequencyPlan& plan,
                                                  const PositionIds& positions, DType dtype) {
  if (dtype == DType::kFloat64) {
    return absl::InvalidArgumentError("float64 is not rotated: only float32, float16 and bfloat16");
  }
  if (plan.rotary_dim != 2 * plan.half_width()) {
    return absl::InvalidArgumentError(absl::StrCat("rotary_dim is ", plan.rotary_dim,
                                                   "; only an even number of channels rotates"));
  }
  ComputedTable table;
  table.dtype_ = dtype;
  table.half_width_ = plan.half_width();
  const bool halves_differ =
      positions.axes() > 1 && plan.axes != nullptr && !plan.axes->of_second_channel.empty();
  table.layout_ = halves_differ ? Layout::kHalfSplit : Layout::kCompact;
  if (absl::Status status = CheckAxes(plan, positions, table.layout_); !status.ok()) return status;
  const TableForm form{dtype, table.layout_, /*negate_sin=*/false};
  const auto bytes = static_cast<size_t>(positions.size() * RowBytes(form, table.half_width_));
  table.cos_.resize(bytes);
  table.sin_.resize(bytes);
  absl::Status status =
      FillTableRows(BestBackend(), plan, positions, 0, positions.size(), form, /*threads=*/1,
                    TableRows{table.cos_.data(), table.sin_.data()});
  if (!status.ok()) return status;
  return table;
}

RotaryTable ComputedTable::View(int64_t batch_rows) const {
  RotaryTable view;
  view.dtype = dtype_;
  view.layout = layout_;
  view.cos = cos_.data();
  view.sin = sin_.data();
  view.half_width = half_width_;
  view.row_stride = RowWidth(layout_, half_width_);
  view.batch_stride = batch_rows * view.row_stride;
  return view;
}

}  // namespace rope
