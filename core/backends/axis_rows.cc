#include "core/backends/axis_rows.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"

namespace rope {
namespace {

// Rows that are computed for all axes before they are put together; enough to give several threads
// work.
constexpr int64_t kRowsTogether = 1024;

// The compact rows of one axis.
struct AxisTable {
  std::vector<std::byte> cos;
  std::vector<std::byte> sin;
};

// Puts rows together from the tables of all axes.
class Gatherer {
 public:
  Gatherer(const FrequencyPlan& plan, const TableForm& form)
      : axes_(*plan.axes),
        half_width_(plan.half_width()),
        size_(DTypeSize(form.dtype)),
        layout_(form.layout),
        cos_(half_width_ * size_),
        sin_(half_width_ * size_) {}

  // Row `row` of the tables, arranged at `cos` and `sin`.
  void Write(const std::vector<AxisTable>& tables, int64_t row, std::byte* cos, std::byte* sin) {
    Gather(tables, row, axes_.of_frequency);
    if (axes_.of_second_channel.empty()) {
      ArrangeRow(layout_, cos_.data(), sin_.data(), half_width_, size_, cos, sin);
      return;
    }
    std::memcpy(cos, cos_.data(), cos_.size());
    std::memcpy(sin, sin_.data(), sin_.size());
    Gather(tables, row, axes_.of_second_channel);
    std::memcpy(cos + cos_.size(), cos_.data(), cos_.size());
    std::memcpy(sin + sin_.size(), sin_.data(), sin_.size());
  }

 private:
  void Gather(const std::vector<AxisTable>& tables, int64_t row,
              const std::vector<uint8_t>& axis_of) {
    for (int64_t i = 0; i < half_width_; ++i) {
      const AxisTable& table = tables[axis_of[i]];
      const size_t from = (row * half_width_ + i) * size_;
      std::memcpy(cos_.data() + i * size_, table.cos.data() + from, size_);
      std::memcpy(sin_.data() + i * size_, table.sin.data() + from, size_);
    }
  }

  const PositionAxes& axes_;
  const int64_t half_width_;
  const size_t size_;  // of an element, in bytes
  const Layout layout_;
  std::vector<std::byte> cos_;  // the half row of the row that is written
  std::vector<std::byte> sin_;
};

}  // namespace

absl::Status CheckAxes(const FrequencyPlan& plan, const PositionIds& positions, Layout layout) {
  if (positions.axes() == 1) return absl::OkStatus();
  const int64_t count = plan.axes != nullptr ? plan.axes->count : 1;
  if (positions.axes() != count) {
    return absl::InvalidArgumentError(absl::StrCat("position_ids.axes must be ",
                                                   count == 1 ? "" : "1 or ", count,
                                                   " for this model, not ", positions.axes()));
  }
  if (!plan.axes->problem.empty()) return absl::InvalidArgumentError(plan.axes->problem);
  if (!plan.axes->of_second_channel.empty() && layout != Layout::kHalfSplit) {
    return absl::InvalidArgumentError(
        "layout must be half_split for positions of several axes of this model: the two channels "
        "of a pair read different axes");
  }
  return absl::OkStatus();
}

absl::Status FillTableRows(const Backend& backend, const FrequencyPlan& plan,
                           const PositionIds& positions, int64_t first, int64_t rows,
                           const TableForm& form, int threads, const TableRows& out) {
  if (positions.axes() == 1) {
    return backend.FillRows(plan, positions, first, rows, form, threads, out);
  }
  const TableForm compact{form.dtype, Layout::kCompact, form.negate_sin};
  const int64_t compact_bytes = RowBytes(compact, plan.half_width());
  const int64_t row_bytes = RowBytes(form, plan.half_width());
  std::vector<AxisTable> tables(positions.axes());
  for (AxisTable& table : tables) {
    table.cos.resize(std::min(rows, kRowsTogether) * compact_bytes);
    table.sin.resize(table.cos.size());
  }
  Gatherer gatherer(plan, form);
  for (int64_t start = 0; start < rows; start += kRowsTogether) {
    const int64_t count = std::min(kRowsTogether, rows - start);
    for (int64_t axis = 0; axis < positions.axes(); ++axis) {
      absl::Status status =
          backend.FillRows(plan, positions.AxisRows(axis, first + start, count), 0, count, compact,
                           threads, {tables[axis].cos.data(), tables[axis].sin.data()});
      if (!status.ok()) return status;
    }
    for (int64_t row = 0; row < count; ++row) {
      const int64_t offset = (start + row) * row_bytes;
      gatherer.Write(tables, row, out.cos + offset,
                     IsJoined(form.layout) ? nullptr : out.sin + offset);
    }
  }
  return absl::OkStatus();
}

}  // namespace rope
