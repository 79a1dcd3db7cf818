// The model around the parameters: head_dim, rotary_dim, max_position_embeddings.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/config/judge/set_reader.h"
#include "core/rope_types/rope_config.h"
#include "core/rope_types/rope_type.h"

namespace rope {

// Fields whose values make no sense whatever the rope type: reported once per document.
void CheckModelShape(LoadingState* state);

// max_position_embeddings where it is known: given, or the default of a known model_type.
std::optional<int64_t> KnownMaxPositions(const LoadingState& state);

// The same where the frequencies depend on it: a default is a warning, its absence an error.
std::optional<int64_t> RequireMaxPositions(LoadingState* state, const std::string& set_path);

// longrope cannot be loaded where layers have head_dims of their own.
void CheckSameHeadDims(LoadingState* state, const std::string& set_path);

// Fills head_dim, partial_rotary_factor and rotary_dim. Where the findings
// say that one of them has no value, head_dim or rotary_dim stay 0.
void CheckHeadDim(const SetReader& set, const std::string& layer_type, const RopeType& type,
                  RopeConfig* out);

}  // namespace rope
