#include "core/table/position_ids.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace rope {
namespace {

bool InRange(int64_t position) { return position >= 0 && position <= kMaxPosition; }

absl::Status OutOfRange(absl::string_view field, int64_t position) {
  return absl::InvalidArgumentError(
      absl::StrCat(field, " must be 0 to ", kMaxPosition, ", not ", position));
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
    return absl::InvalidArgumentError(absl::StrCat("position_ids.range must stay within 0 to ",
                                                   kMaxPosition, ", not start ", start, ", count ",
                                                   count, ", step ", step));
  }
  PositionIds ids;
  ids.start_ = start;
  ids.step_ = step;
  ids.count_ = count;
  ids.max_ = std::max(start, last);
  return ids;
}

absl::StatusOr<PositionIds> PositionIds::List(std::vector<int64_t> positions) {
  if (positions.empty()) {
    return absl::InvalidArgumentError("position_ids must have at least 1 position, not 0");
  }
  for (size_t i = 0; i < positions.size(); ++i) {
    if (!InRange(positions[i])) {
      return OutOfRange(absl::StrCat("position_ids[", i, "]"), positions[i]);
    }
  }
  PositionIds ids;
  ids.count_ = static_cast<int64_t>(positions.size());
  ids.max_ = *std::max_element(positions.begin(), positions.end());
  ids.list_ = std::move(positions);
  return ids;
}

void PositionIds::CopyTo(int64_t first, absl::Span<int64_t> out) const {
  assert(first >= 0 && first + static_cast<int64_t>(out.size()) <= count_);
  if (!list_.empty()) {
    std::copy_n(list_.begin() + first, out.size(), out.begin());
    return;
  }
  int64_t position = start_ + first * step_;
  for (int64_t& value : out) {
    value = position;
    position += step_;
  }
}

}  // namespace rope
