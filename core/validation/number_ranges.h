// NumberRanges: a list of numbers as a person writes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include "absl/types/span.h"

namespace rope {

// "0-2,5" for {0, 1, 2, 5}; "" for an empty list. After `max_ranges` ranges the rest is "...".
// REQUIRES ascending numbers.
std::string NumberRanges(absl::Span<const int64_t> numbers,
                         size_t max_ranges = std::numeric_limits<size_t>::max());

}  // namespace rope
