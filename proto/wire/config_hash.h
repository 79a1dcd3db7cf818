// The hash by which a client recognizes that an answer is about its configuration.
#pragma once

#include <cstdint>

#include "rope/v1/model_config.pb.h"

namespace rope::wire {

// StreamHeader.config_xxh3_64 for a request with this configuration. Pure.
uint64_t ConfigHash(const v1::ModelConfig& config);

}  // namespace rope::wire
