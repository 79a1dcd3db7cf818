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

// The same with a preset of the same model_type, hidden_size and number of heads. That is a preset
// with the same tables, or one whose recipe the configuration follows. Otherwise it is a verified
// preset with the same layers and length, but only if all presets of this shape have the same
// tables: where published models of one shape differ, a difference is no reason for doubt. And all
// that differs must look lost: values that the document does not give, or the base 10000.
// `report` is that of `document`. Absent if there is no such preset. REQUIRES report.valid().
std::optional<Drift> CompareWithNearestPreset(const JsonValue& document,
                                              const ModelConfigReport& report);

}  // namespace rope
