// Drift in words.
#pragma once

#include <string>

#include "core/validation/drift.h"

namespace rope {

// What differs, in the words of a finding's message: "rope_type is "linear", not "default";
// frequencies 0-63 of 64 differ by a factor of up to 8; ...". "" if nothing differs.
std::string DescribeDrift(const LayerDrift& layer);

}  // namespace rope
