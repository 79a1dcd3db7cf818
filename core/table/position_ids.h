// PositionIds: the positions of a request, as an arithmetic range or as a list.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace rope {

// Largest position the service computes: float32 angles are proved correct up to it, and
// transformers' int32 positions end there.
inline constexpr int64_t kMaxPosition = (int64_t{1} << 31) - 1;

class PositionIds {
 public:
  // {start, start + step, ...}, `count` of them. INVALID_ARGUMENT unless count >= 1, and every
  // position lies in [0, kMaxPosition]; computed without overflow for any arguments. A step of 0
  // repeats `start`.
  static absl::StatusOr<PositionIds> Range(int64_t start, int64_t count, int64_t step = 1);

  // INVALID_ARGUMENT, naming the first offender, unless not empty and every position lies in
  // [0, kMaxPosition]. The list is kept as it is, in its order, repetitions included.
  static absl::StatusOr<PositionIds> List(std::vector<int64_t> positions);

  int64_t size() const { return count_; }
  int64_t max() const { return max_; }
  // Bytes of the list that is held; 0 for a range.
  int64_t list_bytes() const { return static_cast<int64_t>(list_.size() * sizeof(int64_t)); }

  // True for a range of step 1, which is what tables are cached for.
  bool contiguous() const { return list_.empty() && step_ == 1; }
  int64_t start() const { return start_; }  // REQUIRES contiguous()

  // out[k] = position number first + k. REQUIRES 0 <= first, first + out.size() <= size().
  void CopyTo(int64_t first, absl::Span<int64_t> out) const;

 private:
  PositionIds() = default;

  int64_t start_ = 0;
  int64_t step_ = 1;
  int64_t count_ = 0;
  int64_t max_ = 0;
  std::vector<int64_t> list_;  // not empty: a list
};

}  // namespace rope
