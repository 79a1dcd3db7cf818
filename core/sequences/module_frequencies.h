// ModuleFrequencies: what the rotary module of a transformers model holds after each of several
// calls, computed without the module.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/rope_types/rope_config.h"

namespace rope {

// The state of the module after one call.
struct ModuleFrequencies {
  int64_t length = 0;             // of the call: its largest position plus 1
  int64_t seq_len = 0;            // the length that chose the frequencies, see SequenceHistory
  std::vector<float> inv_freq;    // the module's buffer, bit for bit as torch on CPU computes it
  double attention_factor = 1.0;  // the module's attribute attention_scaling
};

// One entry for each of `lengths`, which are the calls of one module in their order, from the
// module that was just loaded. INVALID_ARGUMENT if a length is not in [1, kMaxPosition + 1]; the
// message names its place. Otherwise OK for every valid config. Pure.
absl::StatusOr<std::vector<ModuleFrequencies>> ReplayModule(const RopeConfig& config,
                                                            absl::Span<const int64_t> lengths);

}  // namespace rope
