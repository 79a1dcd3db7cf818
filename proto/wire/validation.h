// Results of validation and presets as messages. The functions cannot fail; they are pure and
// thread-safe.
#pragma once

#include "core/presets/presets.h"
#include "core/validation/validate_config.h"
#include "rope/v1/presets.pb.h"
#include "rope/v1/validation.pb.h"

namespace rope::wire {

v1::ValidateConfigResponse ValidationToProto(const Validation& validation);

v1::Preset PresetToProto(const Preset& preset);

}  // namespace rope::wire
