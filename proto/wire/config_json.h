// The configuration of a request as the text of a config.json, and what the request gives beside
// it. Pure and thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "core/validation/overrides.h"
#include "rope/v1/model_config.pb.h"

namespace rope::wire {

// Returns the given text unchanged, the typed form as text, or the text of the preset, so that the
// same code reads all three. Of the typed form, fields that are not set are left out and
// null_fields become null. INVALID_ARGUMENT, with the path of the field, if no source is set, if
// the typed form contradicts itself, or if there is no such preset.
absl::StatusOr<std::string> ConfigJsonFromProto(const v1::ModelConfig& config);

// What the request gives in place of parts of the configuration. ApplyOverrides checks it. Pure.
Overrides OverridesFromProto(const v1::ModelConfig& config);

}  // namespace rope::wire
