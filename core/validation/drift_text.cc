#include "core/validation/drift_text.h"

#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/validation/number_ranges.h"

namespace rope {
namespace {

// More ranges than this would make the message unreadable.
constexpr size_t kMaxRanges = 4;

std::string DescribeFrequencies(const LayerDrift& layer) {
  const std::vector<int64_t> moved(layer.moved.begin(), layer.moved.end());
  const bool one = moved.size() == 1;
  std::string text =
      absl::StrCat(one ? "frequency " : "frequencies ", NumberRanges(moved, kMaxRanges), " of ",
                   layer.frequencies, one ? " differs" : " differ");
  // The ratio is 1 if one frequency of every pair that differs is 0.
  if (layer.largest_ratio > 1.0) {
    absl::StrAppendFormat(&text, " by a factor of up to %.4g", layer.largest_ratio);
  }
  absl::StrAppendFormat(&text, "; angles at position %d differ by up to %.4g radians",
                        layer.length - 1, layer.angle);
  return text;
}

}  // namespace

std::string DescribeDrift(const LayerDrift& layer) {
  std::vector<std::string> parts;
  for (const DriftedValue& value : layer.values) {
    parts.push_back(absl::StrCat(value.name, " is ", value.value, ", not ", value.preset_value));
  }
  if (!layer.moved.empty()) parts.push_back(DescribeFrequencies(layer));
  if (layer.attention_factor != layer.preset_attention_factor) {
    parts.push_back(absl::StrFormat("cos and sin are scaled by %.9g, not %.9g",
                                    layer.attention_factor, layer.preset_attention_factor));
  }
  return absl::StrJoin(parts, "; ");
}

}  // namespace rope
