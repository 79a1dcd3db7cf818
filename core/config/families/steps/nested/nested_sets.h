// Families of 2026 whose parameter sets are nested by layer type, with defaults or a conversion
// that no other family has.
#pragma once

#include "core/config/load/loading_state.h"
#include "core/json/json_value.h"

namespace rope {

// A parameter set of type default with this base, and without other members.
JsonValue DefaultSet(JsonValue theta);

// Ultrabert: rope_theta is a list with one base per layer. The last entry of each layer type
// counts.
void PrepareUltrabert(LoadingState* state);

// Dory: bases for the layer types that the model has.
void PrepareDory(LoadingState* state);

// Cohere-Compass: only rope_parameters is read. A rope_theta or rope_type beside nested parameter
// sets is dropped.
void ConvertCohereCompass(LoadingState* state);

// Zaya: only rope_parameters is read. A rope_type beside the parameter sets is dropped.
void ConvertZaya(LoadingState* state);

}  // namespace rope
