// The answers of ValidateConfig and the presets as messages. Cannot fail; pure and thread-safe.
#pragma once

#include "core/presets/presets.h"
#include "core/validation/validate_config.h"
#include "rope/v1/presets.pb.h"
#include "rope/v1/validation.pb.h"

namespace rope::wire {

v1::ValidateConfigResponse ValidationToProto(const Validation& validation);

v1::Preset PresetToProto(const Preset& preset);

}  // namespace rope::wire
