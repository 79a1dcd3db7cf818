#include "core/backends/axis_rows.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/backends/lane_rows.h"

namespace rope {
namespace {

// Rows that are computed for all axes before they are put together; enough to give several threads
// work.
constexpr int64_t kRowsTogether = 1024;

// Arranges half rows in the rows of a table.
class RowArranger {
 public:
  RowArranger(const PositionAxes& axes, int64_t half_width, const TableForm& form)
      : layout_(form.layout), half_width_(half_width), size_(DTypeSize(form.dtype)) {
    if (!axes.half_split_per_axis || layout_ != Layout::kHalfSplit) {
      runs_ = {half_width};
      return;
    }
    for (int64_t i = 0; i < half_width; ++i) {
      const bool goes_on = i > 0 && axes.of_frequency[i] == axes.of_frequency[i - 1];
      if (!goes_on) runs_.push_back(0);
      ++runs_.back();
    }
  }

  void Write(const std::byte* cos_half, const std::byte* sin_half, std::byte* cos,
             std::byte* sin) const {
    if (runs_.size() == 1) {
      ArrangeRow(layout_, cos_half, sin_half, half_width_, size_, cos, sin);
      return;
    }
    int64_t done = 0;
    for (const int64_t run : runs_) {
      const int64_t from = done * static_cast<int64_t>(size_);
      ArrangeRow(layout_, cos_half + from, sin_half + from, run, size_, cos + 2 * from,
                 sin + 2 * from);
      done += run;
    }
  }

 private:
  const Layout layout_;
  const int64_t half_width_;
  const size_t size_;          // of an element, in bytes
  std::vector<int64_t> runs_;  // the frequencies that are arranged together, from left to right
};

// Puts rows together from the tables of all axes.
class Gatherer {
 public:
  Gatherer(const FrequencyPlan& plan, const TableForm& form)
      : axes_(*plan.axes),
        half_width_(plan.half_width()),
        size_(DTypeSize(form.dtype)),
        arranger_(axes_, half_width_, form),
        cos_(half_width_ * size_),
        sin_(half_width_ * size_) {}

  // Row `row` of the tables, arranged at `cos` and `sin`.
  void Write(const std::vector<HalfRows>& tables, int64_t row, std::byte* cos, std::byte* sin) {
    Gather(tables, row, axes_.of_frequency);
    if (axes_.of_second_channel.empty()) {
      arranger_.Write(cos_.data(), sin_.data(), cos, sin);
      return;
    }
    std::memcpy(cos, cos_.data(), cos_.size());
    std::memcpy(sin, sin_.data(), sin_.size());
    Gather(tables, row, axes_.of_second_channel);
    std::memcpy(cos + cos_.size(), cos_.data(), cos_.size());
    std::memcpy(sin + sin_.size(), sin_.data(), sin_.size());
  }

 private:
  void Gather(const std::vector<HalfRows>& tables, int64_t row,
              const std::vector<uint8_t>& axis_of) {
    for (int64_t i = 0; i < half_width_; ++i) {
      const HalfRows& table = tables[axis_of[i]];
      const size_t from = (row * half_width_ + i) * size_;
      std::memcpy(cos_.data() + i * size_, table.cos.data() + from, size_);
      std::memcpy(sin_.data() + i * size_, table.sin.data() + from, size_);
    }
  }

  const PositionAxes& axes_;
  const int64_t half_width_;
  const size_t size_;  // of an element, in bytes
  const RowArranger arranger_;
  std::vector<std::byte> cos_;  // the half row of the row that is written
  std::vector<std::byte> sin_;
};

// FillTableRows for a plan with an angle rule.
absl::Status FillByAngles(const Backend& backend, const FrequencyPlan& plan,
                          const PositionIds& positions, int64_t first, int64_t rows,
                          const TableForm& form, int threads, const TableRows& out) {
  const int64_t row_bytes = RowBytes(form, plan.half_width());
  const int64_t half_bytes = RowBytes({form.dtype, Layout::kCompact}, plan.half_width());
  const RowArranger arranger(plan.axes != nullptr ? *plan.axes : PositionAxes(), plan.half_width(),
                             form);
  HalfRows half;
  for (int64_t start = 0; start < rows; start += kRowsTogether) {
    const int64_t count = std::min(kRowsTogether, rows - start);
    absl::Status status =
        FillLaneRows(backend, plan, positions, first + start, count, form, threads, &half);
    if (!status.ok()) return status;
    for (int64_t row = 0; row < count; ++row) {
      const int64_t offset = (start + row) * row_bytes;
      arranger.Write(half.cos.data() + row * half_bytes, half.sin.data() + row * half_bytes,
                     out.cos + offset, IsJoined(form.layout) ? nullptr : out.sin + offset);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckAxes(const FrequencyPlan& plan, const PositionIds& positions, Layout layout) {
  const int64_t count = plan.axes != nullptr ? plan.axes->count : 1;
  const bool takes_one = count == 1 || plan.axes->equal_without_axes;
  if (positions.axes() == 1 && takes_one) return absl::OkStatus();
  if (positions.axes() != count) {
    return absl::InvalidArgumentError(absl::StrCat("position_ids.axes must be ",
                                                   count == 1 || !takes_one ? "" : "1 or ", count,
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
  if (plan.angles != nullptr) {
    return FillByAngles(backend, plan, positions, first, rows, form, threads, out);
  }
  if (positions.axes() == 1) {
    return backend.FillRows(plan, positions, first, rows, form, threads, out);
  }
  const TableForm compact{form.dtype, Layout::kCompact, form.negate_sin};
  const int64_t compact_bytes = RowBytes(compact, plan.half_width());
  const int64_t row_bytes = RowBytes(form, plan.half_width());
  std::vector<HalfRows> tables(positions.axes());
  for (HalfRows& table : tables) {
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
