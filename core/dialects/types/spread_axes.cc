// Type "openpangu": mrope_interleaved.py in vllm/model_executor/layers/rotary_embedding/ of vLLM
// 0.33.0.
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "core/dialects/types/engine_types.h"

namespace rope {
namespace {

// The axis that takes the next frequency, or -1 if none has any left.
int NextAxis(const std::vector<int64_t>& sections, const std::vector<int64_t>& used, int last) {
  int best = -1;
  for (int axis = 0; axis < static_cast<int>(sections.size()); ++axis) {
    if (axis == last || used[axis] >= sections[axis]) continue;
    // Shares are compared as products, so nothing is rounded.
    if (best < 0 || used[axis] * sections[best] < used[best] * sections[axis]) best = axis;
  }
  if (best >= 0) return best;
  const bool last_has_some = last >= 0 && used[last] < sections[last];
  return last_has_some ? last : -1;
}

}  // namespace

PositionAxes SpreadAxes(const std::vector<int64_t>& sections, int64_t frequencies) {
  PositionAxes axes;
  axes.count = 3;
  int64_t sum = 0;
  for (const int64_t section : sections) {
    const bool fits = section >= 0 && section <= frequencies - sum;
    sum = fits ? sum + section : frequencies + 1;
    if (!fits) break;
  }
  if (sections.size() != 3 || sum != frequencies) {
    axes.problem = absl::StrCat("mrope_section must be three whole numbers >= 0 that add up to ",
                                frequencies);
    return axes;
  }
  std::vector<int64_t> used(sections.size(), 0);
  for (int last = NextAxis(sections, used, -1); last >= 0; last = NextAxis(sections, used, last)) {
    ++used[last];
    axes.of_frequency.push_back(static_cast<uint8_t>(last));
  }
  return axes;
}

}  // namespace rope
