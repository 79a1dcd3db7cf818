// Which parameters of two configurations differ.
#pragma once

#include <vector>

#include "core/rope_types/rope_config.h"
#include "core/validation/drift.h"

namespace rope {

// The parameters whose values differ, in a fixed order that starts with rope_type. For a list of
// factors the value says only its length. Pure.
std::vector<DriftedValue> DifferingValues(const RopeConfig& config, const RopeConfig& preset);

}  // namespace rope
