// The configuration of a request as config.json text. Pure and thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "rope/v1/model_config.pb.h"

namespace rope::wire {

// The configuration as config.json text: the given text as it is, the typed form written as one, or
// the preset's, so that all reach the very same reader. Presence is kept: unset fields are left
// out, null_fields are null.
absl::StatusOr<std::string> ConfigJsonFromProto(const v1::ModelConfig& config);

}  // namespace rope::wire
