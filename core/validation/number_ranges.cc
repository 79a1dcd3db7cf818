#include "core/validation/number_ranges.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace rope {

std::string NumberRanges(absl::Span<const int64_t> numbers, size_t max_ranges) {
  std::vector<std::string> ranges;
  for (size_t first = 0; first < numbers.size();) {
    if (ranges.size() == max_ranges) {
      ranges.emplace_back("...");
      break;
    }
    size_t last = first;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    ranges.push_back(first == last ? absl::StrCat(numbers[first])
                                   : absl::StrCat(numbers[first], "-", numbers[last]));
    first = last + 1;
  }
  return absl::StrJoin(ranges, ",");
}

}  // namespace rope
