// The check of rope_theta, the base of all frequencies.
#pragma once

#include "core/config/judge/parameter_set_reader.h"
#include "core/rope_types/rope_config.h"

namespace rope {

// Fills out->rope_theta. If rope_theta is missing or wrong, there is a finding, and out->rope_theta
// keeps its initial value. A default is reported, too, unless the document gives a base somewhere
// else: then CheckGivenValues speaks about that one.
void CheckTheta(const ParameterSetReader& reader, const std::string& layer_type, RopeConfig* out);

}  // namespace rope
