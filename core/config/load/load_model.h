// The steps by which transformers turns a document into rope parameters, and the judgement on them.
#pragma once

#include <vector>

#include "core/config/load/loading_state.h"
#include "core/config/model_config.h"

namespace rope {

// Loads the text model described by `document` as a model of `family` and fills everything in the
// report but its findings, which go to `findings`.
void LoadModel(const Family& family, const JsonValue& document, FindingSink* findings,
               ModelConfigReport* report);

}  // namespace rope
