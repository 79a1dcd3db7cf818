// Checks of the model's shape: head_dim, rotary_dim, max_position_embeddings.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/config/judge/parameter_set_reader.h"
#include "core/rope_types/rope_config.h"
#include "core/rope_types/rope_type.h"

namespace rope {

// Checks the fields that must have a value in range whatever the rope type is. Called once per
// document.
void CheckModelShape(LoadingState* state);

// max_position_embeddings as the document gives it, or the default of a known model_type. Absent if
// it is not an integer, or if neither exists.
std::optional<int64_t> KnownMaxPositions(const LoadingState& state);

// The same for a parameter set at `path` whose frequencies depend on it. If the value is a default,
// there is a warning; if there is no value, there is an error. Each is reported once per document.
std::optional<int64_t> RequireMaxPositions(LoadingState* state, const std::string& path);

// Reports layers whose head_dim differs from the model's. transformers cannot load longrope, the
// rope type of the parameter set at `path`, for such a model.
void CheckSameHeadDims(LoadingState* state, const std::string& path);

// Fills head_dim, partial_rotary_factor and rotary_dim for the layers of `layer_type`, whose rope
// type is `type`. If head_dim or rotary_dim has no value, there is an error finding, and it stays
// 0.
void CheckHeadDim(const ParameterSetReader& reader, const std::string& layer_type,
                  const RopeType& type, RopeConfig* out);

}  // namespace rope
