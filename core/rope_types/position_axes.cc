#include "core/rope_types/position_axes.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace rope {
namespace {

constexpr int64_t kTimeHeightWidth = 3;
constexpr int64_t kMaxAxes = 4;

bool AddUpTo(absl::Span<const int64_t> sections, int64_t sum) {
  for (const int64_t section : sections) {
    if (section < 0 || section > sum) return false;
    sum -= section;
  }
  return sum == 0;
}

std::string MustAddUp(absl::Span<const int64_t> sections, int64_t sum) {
  return absl::StrCat("mrope_section must be whole numbers >= 0 that add up to ", sum,
                      " (half of the rotated channels), not [", absl::StrJoin(sections, ", "), "]");
}

// `width` entries for each section: 0, 0, ..., 1, 1, ..., modulo `count`.
std::vector<uint8_t> Runs(absl::Span<const int64_t> sections, int64_t width, int64_t count) {
  std::vector<uint8_t> axes;
  for (size_t k = 0; k < sections.size(); ++k) {
    axes.insert(axes.end(), static_cast<size_t>(width * sections[k]),
                static_cast<uint8_t>(static_cast<int64_t>(k) % count));
  }
  return axes;
}

void SetRuns(absl::Span<const int64_t> sections, int64_t frequencies, PositionAxes* axes) {
  axes->count = kTimeHeightWidth;
  if (AddUpTo(sections, frequencies)) {
    axes->of_frequency = Runs(sections, 1, kTimeHeightWidth);
  } else {
    axes->problem = MustAddUp(sections, frequencies);
  }
}

void SetInTurn(absl::Span<const int64_t> sections, int64_t frequencies, PositionAxes* axes) {
  axes->count = kTimeHeightWidth;
  if (sections.size() < static_cast<size_t>(kTimeHeightWidth)) {
    axes->problem = "mrope_section must have three entries";
    return;
  }
  for (int64_t i = 0; i < frequencies; ++i) {
    const int64_t turn = i % kTimeHeightWidth;
    const bool in_turn = turn > 0 && i / kTimeHeightWidth < sections[static_cast<size_t>(turn)];
    axes->of_frequency.push_back(in_turn ? static_cast<uint8_t>(turn) : 0);
  }
}

void SetPairsThenTime(absl::Span<const int64_t> sections, int64_t frequencies, PositionAxes* axes) {
  axes->count = kTimeHeightWidth;
  axes->interleaved_pairs = true;
  if (sections.size() != 3 || sections[0] != sections[1] || !AddUpTo(sections, frequencies)) {
    axes->problem = absl::StrCat(MustAddUp(sections, frequencies),
                                 ", and the first two of three must be equal");
    return;
  }
  for (int64_t i = 0; i < frequencies; ++i) {
    const bool is_time = i >= sections[0] + sections[1];
    axes->of_frequency.push_back(is_time ? 0 : static_cast<uint8_t>(1 + i % 2));
  }
}

void SetRunsOfChannels(absl::Span<const int64_t> sections, int64_t frequencies,
                       PositionAxes* axes) {
  const auto count = static_cast<int64_t>(sections.size());
  axes->count = std::clamp<int64_t>(count, kTimeHeightWidth, kMaxAxes);
  if (count != axes->count || !AddUpTo(sections, frequencies)) {
    axes->problem = absl::StrCat(MustAddUp(sections, frequencies),
                                 ", three or four of them, one for each axis");
    return;
  }
  const std::vector<uint8_t> channels = Runs(sections, 2, count);
  axes->of_frequency.assign(channels.begin(), channels.begin() + frequencies);
  axes->of_second_channel.assign(channels.begin() + frequencies, channels.end());
}

void SetRowsAndColumns(int64_t frequencies, PositionAxes* axes) {
  axes->count = 2;
  for (int64_t i = 0; i < frequencies; ++i) {
    axes->of_frequency.push_back(static_cast<uint8_t>(i % 2));
  }
}

}  // namespace

PositionAxes MakePositionAxes(AxisOrder order, absl::Span<const int64_t> sections,
                              int64_t frequencies) {
  PositionAxes axes;
  switch (order) {
    case AxisOrder::kOneAxis:
      break;
    case AxisOrder::kRuns:
      SetRuns(sections, frequencies, &axes);
      break;
    case AxisOrder::kInTurn:
      SetInTurn(sections, frequencies, &axes);
      break;
    case AxisOrder::kPairsThenTime:
      SetPairsThenTime(sections, frequencies, &axes);
      break;
    case AxisOrder::kRunsOfChannels:
      SetRunsOfChannels(sections, frequencies, &axes);
      break;
    case AxisOrder::kRowsAndColumns:
      SetRowsAndColumns(frequencies, &axes);
      break;
  }
  return axes;
}

}  // namespace rope
