// Whether a stream answers the request that was sent, and not another one.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "rope/v1/embeddings.pb.h"
#include "rope/v1/position_ids.pb.h"

namespace rope::client {

// Compares every field of `header` that follows from `request` alone: tensors, shapes, dtype,
// layout, profile, sign, attention factor, axes, layer type, sequence length, window, what was
// given in place of the configuration's values, and the hash of the configuration. DATA_LOSS if one
// of them differs; the message names it, what was asked for and what came. A field that servers may
// leave out (position_axes, config_xxh3_64, resolution.rotary_dim, window) is compared if it is
// there. Pure.
absl::Status CheckAnswers(const v1::StreamEmbeddingsRequest& request,
                          const v1::StreamHeader& header);

// The rows that a request with these positions asks for; 0 or less if no server would answer it.
// Pure.
int64_t RowsOf(const v1::PositionIds& ids);

}  // namespace rope::client
