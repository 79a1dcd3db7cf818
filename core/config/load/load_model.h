// LoadModel: the steps by which transformers turns a document into attributes and rope_parameters.
#pragma once

#include "core/config/load/loading_state.h"

namespace rope {

// Loads the text model described by `document` as a model of `family`. Every error and warning that
// transformers gives on the way goes to `findings`. All three must outlive the result.
//
// Loading never stops at an error: it continues with a default, so that one pass finds everything.
LoadingState LoadModel(const Family& family, const JsonValue& document, FindingSink* findings);

}  // namespace rope
