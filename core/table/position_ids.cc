#include "core/table/position_ids.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace rope {
namespace {

// False for NaN.
template <typename Number>
bool InRange(Number position) {
  return position >= static_cast<Number>(kMinPosition) &&
         position <= static_cast<Number>(kMaxPosition);
}

template <typename Number>
absl::Status OutOfRange(absl::string_view field, Number position) {
  return absl::InvalidArgumentError(
      absl::StrCat(field, " must be ", kMinPosition, " to ", kMaxPosition, ", not ", position));
}

template <typename Number>
absl::Status CheckList(const std::vector<Number>& positions) {
  if (positions.empty()) {
    return absl::InvalidArgumentError("position_ids must have at least 1 position, not 0");
  }
  for (size_t i = 0; i < positions.size(); ++i) {
    if (!InRange(positions[i])) {
      return OutOfRange(absl::StrCat("position_ids[", i, "]"), positions[i]);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<PositionIds> PositionIds::Range(int64_t start, int64_t count, int64_t step) {
  if (count < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("position_ids.range.count must be at least 1, not ", count));
  }
  if (!InRange(start)) return OutOfRange("position_ids.range.start", start);
  int64_t distance = 0;
  int64_t last = 0;
  if (__builtin_mul_overflow(count - 1, step, &distance) ||
      __builtin_add_overflow(start, distance, &last) || !InRange(last)) {
    return absl::InvalidArgumentError(
        absl::StrCat("position_ids.range must stay within ", kMinPosition, " to ", kMaxPosition,
                     ", not start ", start, ", count ", count, ", step ", step));
  }
  PositionIds ids;
  ids.start_ = start;
  ids.step_ = step;
  ids.count_ = count;
  ids.max_ = std::max(start, last);
  ids.max_distance_ = std::max(std::abs(start), std::abs(last));
  return ids;
}

absl::StatusOr<PositionIds> PositionIds::List(std::vector<int64_t> positions) {
  if (absl::Status status = CheckList(positions); !status.ok()) return status;
  PositionIds ids;
  ids.count_ = static_cast<int64_t>(positions.size());
  const auto [lowest, highest] = std::minmax_element(positions.begin(), positions.end());
  ids.max_ = *highest;
  ids.max_distance_ = std::max(std::abs(*lowest), std::abs(*highest));
  ids.list_ = std::move(positions);
  return ids;
}

absl::StatusOr<PositionIds> PositionIds::Fractional(std::vector<double> positions) {
  if (absl::Status status = CheckList(positions); !status.ok()) return status;
  PositionIds ids;
  ids.count_ = static_cast<int64_t>(positions.size());
  const auto [lowest, highest] = std::minmax_element(positions.begin(), positions.end());
  ids.max_ = static_cast<int64_t>(std::ceil(*highest));
  ids.max_distance_ =
      static_cast<int64_t>(std::ceil(std::max(std::abs(*lowest), std::abs(*highest))));
  ids.whole_ = false;
  ids.fractions_ = std::move(positions);
  return ids;
}

absl::StatusOr<PositionIds> PositionIds::Axes(int64_t axes, std::vector<double> values) {
  const auto size = static_cast<int64_t>(values.size());
  if (axes < 2 || axes > kMaxAxes || size % axes != 0) {
    return absl::InvalidArgumentError(absl::StrCat("position_ids.axes must be 2 to ", kMaxAxes,
                                                   " and divide the number of ", "positions, ",
                                                   size, ", not ", axes));
  }
  auto ids = Fractional(std::move(values));
  if (!ids.ok()) return ids.status();
  ids->axes_ = axes;
  ids->count_ = size / axes;
  ids->whole_ = std::all_of(ids->fractions_.begin(), ids->fractions_.end(),
                            [](double position) { return position == std::trunc(position); });
  return ids;
}

int64_t PositionIds::SeqLenOfRows(int64_t first, int64_t rows) const {
  assert(first >= 0 && rows >= 1 && first + rows <= count_);
  int64_t highest = kMinPosition;
  if (!list_.empty()) {
    highest = *std::max_element(list_.begin() + first, list_.begin() + first + rows);
  } else if (fractions_.empty()) {
    highest = std::max(start_ + first * step_, start_ + (first + rows - 1) * step_);
  }
  for (int64_t axis = 0; axis < axes_ && !fractions_.empty(); ++axis) {
    const auto begin = fractions_.begin() + axis * count_ + first;
    highest =
        std::max(highest, static_cast<int64_t>(std::ceil(*std::max_element(begin, begin + rows))));
  }
  return highest < 0 ? 1 : highest + 1;
}

PositionIds PositionIds::AxisRows(int64_t axis, int64_t first, int64_t rows) const {
  assert(axis >= 0 && axis < axes_ && first >= 0 && first + rows <= count_);
  PositionIds one;
  one.count_ = rows;
  one.max_ = max_;
  one.max_distance_ = max_distance_;
  one.whole_ = whole_;
  one.fractions_.resize(static_cast<size_t>(rows));
  if (axes_ == 1) {
    CopyTo(first, absl::MakeSpan(one.fractions_));
  } else {
    std::copy_n(fractions_.begin() + axis * count_ + first, rows, one.fractions_.begin());
  }
  return one;
}

void PositionIds::CopyTo(int64_t first, absl::Span<double> out) const {
  assert(first >= 0 && first + static_cast<int64_t>(out.size()) <= count_);
  if (!fractions_.empty()) {
    std::copy_n(fractions_.begin() + first, out.size(), out.begin());
    return;
  }
  if (!list_.empty()) {
    std::transform(list_.begin() + first, list_.begin() + first + static_cast<int64_t>(out.size()),
                   out.begin(), [](int64_t position) { return static_cast<double>(position); });
    return;
  }
  int64_t position = start_ + first * step_;
  for (double& value : out) {
    value = static_cast<double>(position);
    position += step_;
  }
}

}  // namespace rope
