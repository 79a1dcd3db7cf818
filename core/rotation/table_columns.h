// TableColumns: some rows of a RotaryTable, widened to float32 and arranged as the kernels read
// them, whatever the table's dtype and layout are.
#pragma once

#include <cstdint>
#include <vector>

#include "core/rotation/apply_rotary.h"
#include "core/rotation/kernels/kernels.h"

namespace rope::rotation {

// Holds up to max_rows() rows. Not thread-safe.
class TableColumns {
 public:
  // `negate_sin` is for the inverse rotation. REQUIRES 1 <= table.half_width <= kMaxHalfWidth and a
  // dtype other than float64. `table` must outlive this object.
  TableColumns(const RotaryTable& table, bool negate_sin);

  // As many rows as fit the first cache beside the rows that they turn; at least 1.
  int64_t max_rows() const { return max_rows_; }

  // Reads rows first, ..., first + rows - 1 of sequence `batch`, in place of those before. REQUIRES
  // 1 <= rows <= max_rows().
  void Load(int64_t batch, int64_t first, int64_t rows);

  // Points the columns of `rows` to what was loaded. Valid until the next Load.
  void Assign(Rows* rows) const;

 private:
  const RotaryTable& table_;
  const float sign_;       // of sines: 1 or -1
  const bool two_values_;  // whether a row has a cos for each channel of a pair
  // Whether these differ in a loaded row. They hardly ever do, and then half of the memory is read.
  bool differs_ = false;
  const int64_t max_rows_;
  // Per row: cos_first, sin_first and, if two_values_, cos_second, sin_second.
  std::vector<float> values_;
};

}  // namespace rope::rotation
