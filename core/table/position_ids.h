// PositionIds: the positions of a table's rows, as an arithmetic range or as a list.
//
// A position may be negative (grids that are centred, differences of two positions) or fractional
// (timestamps).
//
// Immutable once made, except by assignment; a const one may be read from several threads. A range
// takes no memory beyond the object itself; a list owns its positions.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace rope {

// The largest position, and the largest distance from 0. The float32 angles of frequencies up to 1
// are proved correct up to here, and transformers' int32 positions end here, too.
inline constexpr int64_t kMaxPosition = (int64_t{1} << 31) - 1;
inline constexpr int64_t kMinPosition = -kMaxPosition;

// The largest number of axes that a model has.
inline constexpr int64_t kMaxAxes = 4;

class PositionIds {
 public:
  // `count` positions: start, start + step, start + 2 step, .... The step may be negative, and a
  // step of 0 repeats `start`. INVALID_ARGUMENT, with the name of the wrong field, unless count >=
  // 1 and every position lies in [kMinPosition, kMaxPosition]. Any arguments are safe: nothing
  // overflows.
  static absl::StatusOr<PositionIds> Range(int64_t start, int64_t count, int64_t step = 1);

  // The positions of a list, kept in their order, repetitions included. INVALID_ARGUMENT if the
  // list is empty, or if a position lies outside [kMinPosition, kMaxPosition]; the message names
  // the first of those.
  static absl::StatusOr<PositionIds> List(std::vector<int64_t> positions);

  // The same for positions that need not be whole numbers. NaN and infinity are refused, too.
  static absl::StatusOr<PositionIds> Fractional(std::vector<double> positions);

  // Positions of 2 to kMaxAxes axes: axis a of row r is values[a * rows + r], where rows is
  // values.size() / axes. INVALID_ARGUMENT as above, and if the rows are not whole.
  static absl::StatusOr<PositionIds> Axes(int64_t axes, std::vector<double> values);

  // The number of rows, at least 1. A row has one position on each axis.
  int64_t size() const { return count_; }

  // The number of axes.
  int64_t axes() const { return axes_; }

  // Rows first to first + rows - 1 of one axis, as positions of a single axis. REQUIRES 0 <= axis <
  // axes() and a range of rows within size().
  PositionIds AxisRows(int64_t axis, int64_t first, int64_t rows) const;

  // The largest position of all axes, rounded up to a whole number.
  int64_t max() const { return max_; }

  // The sequence length that these positions imply: max() + 1, and at least 1.
  int64_t seq_len() const { return max_ < 0 ? 1 : max_ + 1; }

  // The sequence length that rows first to first + rows - 1 imply: the largest position of all axes
  // plus 1, and at least 1. REQUIRES a range of rows within size(), with rows >= 1.
  int64_t SeqLenOfRows(int64_t first, int64_t rows) const;

  // The largest distance of a position from 0, rounded up to a whole number.
  int64_t max_distance() const { return max_distance_; }

  // True if all positions are known to be whole numbers: always, except for Fractional.
  bool whole() const { return whole_; }

  // Bytes of the list that this object owns; 0 for a range.
  int64_t list_bytes() const {
    return static_cast<int64_t>((list_.size() + fractions_.size()) * sizeof(double));
  }

  // True for a range of step 1. Only tables of such positions are cached.
  bool contiguous() const { return list_.empty() && fractions_.empty() && step_ == 1; }

  // The first position. REQUIRES contiguous().
  int64_t start() const { return start_; }

  // Copies the positions with index first, first + 1, ... to out[0], out[1], .... Every position is
  // a double without rounding. Of several axes, these are the positions on axis 0. REQUIRES first
  // >= 0 and first + out.size() <= size().
  void CopyTo(int64_t first, absl::Span<double> out) const;

 private:
  PositionIds() = default;

  int64_t start_ = 0;
  int64_t step_ = 1;
  int64_t count_ = 0;
  int64_t max_ = 0;
  int64_t max_distance_ = 0;
  int64_t axes_ = 1;
  bool whole_ = true;
  // At most one of the two is not empty; both are empty for a range.
  std::vector<int64_t> list_;
  std::vector<double> fractions_;
};

}  // namespace rope
