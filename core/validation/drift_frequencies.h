// How far the frequencies of two configurations lie apart.
#pragma once

#include <optional>

#include "core/rope_types/rope_config.h"
#include "core/validation/drift.h"

namespace rope {

// Compares frequencies and attention factors at load time and at the longest length that either
// configuration states. The result has no layer type, no path and no values. Absent if one of the
// two has no plan (see MakeFrequencyPlan). Pure.
std::optional<LayerDrift> CompareFrequencies(const RopeConfig& config, const RopeConfig& preset);

}  // namespace rope
