// CheckComputes: whether every table of a parameter set is finite.
#pragma once

#include "absl/status/status.h"
#include "core/rope_types/rope_config.h"

namespace rope {

// OK if tables of `config` are finite at every sequence length. Otherwise MakeFrequencyPlan's
// INVALID_ARGUMENT at a length at which they are not. Pure.
absl::Status CheckComputes(const RopeConfig& config);

}  // namespace rope
