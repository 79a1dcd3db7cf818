// PositionIds: the positions of a table's rows, as an arithmetic range or as a list.
//
// Immutable once made, except by assignment; a const one may be read from several threads. A range
// takes no memory beyond the object itself; a list owns its positions.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace rope {

// The largest position. The float32 angles of frequencies up to 1 are proved correct up to here,
// and transformers' int32 positions end here, too.
inline constexpr int64_t kMaxPosition = (int64_t{1} << 31) - 1;

class PositionIds {
 public:
  // `count` positions: start, start + step, start + 2 step, .... The step may be negative, and a
  // step of 0 repeats `start`. INVALID_ARGUMENT, with the name of the wrong field, unless count >=
  // 1 and every position lies in [0, kMaxPosition]. Any arguments are safe: nothing overflows.
  static absl::StatusOr<PositionIds> Range(int64_t start, int64_t count, int64_t step = 1);

  // The positions of a list, kept in their order, repetitions included. INVALID_ARGUMENT if the
  // list is empty, or if a position lies outside [0, kMaxPosition]; the message names the first of
  // those.
  static absl::StatusOr<PositionIds> List(std::vector<int64_t> positions);

  // The number of positions, at least 1.
  int64_t size() const { return count_; }

  // The largest position.
  int64_t max() const { return max_; }

  // Bytes of the list that this object owns; 0 for a range.
  int64_t list_bytes() const { return static_cast<int64_t>(list_.size() * sizeof(int64_t)); }

  // True for a range of step 1. Only tables of such positions are cached.
  bool contiguous() const { return list_.empty() && step_ == 1; }

  // The first position. REQUIRES contiguous().
  int64_t start() const { return start_; }

  // Copies the positions with index first, first + 1, ... to out[0], out[1], .... REQUIRES first >=
  // 0 and first + out.size() <= size().
  void CopyTo(int64_t first, absl::Span<int64_t> out) const;

 private:
  PositionIds() = default;

  int64_t start_ = 0;
  int64_t step_ = 1;
  int64_t count_ = 0;
  int64_t max_ = 0;
  std::vector<int64_t> list_;  // empty for a range
};

}  // namespace rope
