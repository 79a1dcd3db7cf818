// ResolveOptionsOf: what a ModelConfig states besides the configuration itself.
#pragma once

#include "rope/v1/model_config.pb.h"
#include "server/engine/resolved_plan.h"

namespace rope::server {

// Options with strict, the dialect and the overrides of the message. Every method starts with
// these, so that none forgets one. Pure.
engine::ResolveOptions ResolveOptionsOf(const v1::ModelConfig& config);

}  // namespace rope::server
