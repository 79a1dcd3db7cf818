// The type axial: the frequencies of a spectrum, lane by lane.
#include "core/rope_types/entries.h"
#include "core/rope_types/spectrum/spectrum_lanes.h"

namespace rope {

Frequencies ComputeAxial(const RopeConfig& config, std::optional<int64_t> /*seq_len*/,
                         HfCallSite /*call_site*/) {
  Frequencies result;
  for (const double w : HfLaneFrequencies(*config.spectrum)) {
    result.inv_freq.push_back(static_cast<float>(w));
  }
  return result;
}

ExactFrequencies ExactAxial(const RopeConfig& config, std::optional<int64_t> /*seq_len*/,
                            HfCallSite /*call_site*/) {
  return {ExactLaneFrequencies(*config.spectrum), 1.0};
}

}  // namespace rope
