#include "client/ropectl/arguments/nearest_name.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "absl/strings/str_cat.h"

namespace rope::ropectl {
namespace {

// The number of letters to insert, remove or replace (Levenshtein's distance).
size_t DistanceOf(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);  // the distances of a[0..i) from the beginnings of b
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string NearestNameHint(absl::string_view name, const std::vector<std::string>& known) {
  // Nobody types longer names, and the time grows with the length.
  constexpr size_t kMaxLength = 100;
  if (name.size() > kMaxLength) return "";
  size_t best = name.size() / 3 + 1;
  const std::string* nearest = nullptr;
  for (const std::string& candidate : known) {
    const size_t distance = DistanceOf(name, candidate);
    if (distance >= best) continue;
    best = distance;
    nearest = &candidate;
  }
  return nearest == nullptr ? "" : absl::StrCat(", did you mean ", *nearest, "?");
}

}  // namespace rope::ropectl
