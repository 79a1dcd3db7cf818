// PositionRows: the position ids of a batch while a rule fills them, row by row.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/positions/arguments.h"
#include "core/positions/rope_index.h"

namespace rope {

// T is int64_t, or float for models that compute positions in float32. Tokens are counted without
// the padding of their row. Not thread-safe.
template <typename T>
class PositionRows {
 public:
  // `padding` is the position of all tokens that are never set.
  PositionRows(int64_t axes, const RopeIndexArguments& arguments, T padding)
      : arguments_(arguments), axes_(axes) {
    ids_.resize(static_cast<size_t>(axes * arguments.rows() * arguments.tokens()), padding);
  }

  // Begins the next row. REQUIRES that there is one.
  void BeginRow() {
    ++row_;
    kept_ = KeptTokens(arguments_, row_);
    largest_ = T{-1};
  }

  // The number of the row, and its tokens without padding.
  int64_t row() const { return row_; }
  int64_t kept() const { return static_cast<int64_t>(kept_.size()); }
  // Where token `i` of the row is, with padding counted.
  int64_t Column(int64_t i) const { return kept_[static_cast<size_t>(i)]; }

  // Once for each axis and token: the largest position counts all that are set. REQUIRES
  // 0 <= axis < axes, 0 <= i < kept().
  void Set(int64_t axis, int64_t i, T position) {
    const int64_t line = axis * arguments_.rows() + row_;
    ids_[static_cast<size_t>(line * arguments_.tokens() + Column(i))] = position;
    largest_ = std::max(largest_, position);
  }
  void SetAllAxes(int64_t i, T position) {
    for (int64_t axis = 0; axis < axes_; ++axis) Set(axis, i, position);
  }

  // The largest position set in this row so far; -1 if there is none.
  T largest() const { return largest_; }

  // Ends the row: its rope_delta is the largest position + 1 - kept().
  void EndRow() { EndRow(largest_ + T{1} - static_cast<T>(kept())); }
  void EndRow(T delta) { deltas_.push_back(delta); }

  // The answer. REQUIRES that all rows were begun and ended.
  RopeIndex Finish() && {
    RopeIndex index;
    index.axes = axes_;
    index.rows = arguments_.rows();
    index.tokens = arguments_.tokens();
    index.position_ids = std::move(ids_);
    index.rope_deltas = std::move(deltas_);
    return index;
  }

 private:
  const RopeIndexArguments& arguments_;
  int64_t axes_;
  int64_t row_ = -1;
  std::vector<int64_t> kept_;
  T largest_ = T{-1};
  std::vector<T> ids_;     // [axis][row][token]
  std::vector<T> deltas_;  // [row]
};

}  // namespace rope
