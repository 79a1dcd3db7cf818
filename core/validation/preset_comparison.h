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
// is a documented long-context recipe of the preset, with a factor up to the documented one. Absent
// if the two have no rotating layer type in common, or if the preset is not valid. REQUIRES
// report.valid().
std::optional<Drift> CompareWithPreset(const Preset& preset, const ModelConfigReport& report);

// The same with the nearest preset, among those that have the model_type of `document` and state
// the same shape. That is a preset with the same tables, or one whose recipe the configuration
// follows, or else the one with the fewest differing parameters, if they look lost: the document
// does not give them, or gives the base 10000. `report` is that of `document`. Absent if there is
// no such preset, or if several have the fewest. REQUIRES report.valid().
std::optional<Drift> CompareWithNearestPreset(const JsonValue& document,
                                              const ModelConfigReport& report);

}  // namespace rope
