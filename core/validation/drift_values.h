// Which parameters of two configurations differ.
#pragma once

#include <vector>

#include "core/rope_types/rope_config.h"
#include "core/validation/drift.h"

namespace rope {

// The parameters whose values differ, in a fixed order that starts with rope_type. Lists of factors
// are given as their length only.
std::vector<DriftedValue> DifferingValues(const RopeConfig& config, const RopeConfig& preset);

}  // namespace rope
