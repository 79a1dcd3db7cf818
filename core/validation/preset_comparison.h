// Which preset a configuration is compared with, and how it differs.
//
// Pure and thread-safe.
#pragma once

#include <optional>

#include "core/config/model_config.h"
#include "core/json/json_value.h"
#include "core/presets/presets.h"
#include "core/validation/drift.h"

namespace rope {

// How the configuration of `report` differs from `preset`. Drift::recipe is set if the difference
// is a documented long-context recipe of the preset, up to the factor that is documented. Absent if
// the two have no rotating layer type in common, or if the preset is not valid.
// REQUIRES report.valid().
std::optional<Drift> CompareWithPreset(const Preset& preset, const ModelConfigReport& report);

// The same with the nearest preset: the one with the fewest differing parameters among those that
// have the model_type of `document` and state the same shape. `report` is that of `document`.
// Absent if there is no such preset, or if several are equally near and none is the configuration
// itself. REQUIRES report.valid().
std::optional<Drift> CompareWithNearestPreset(const JsonValue& document,
                                              const ModelConfigReport& report);

}  // namespace rope
