// Values of the document that are not computed with.
#pragma once

#include "core/config/load/loading_state.h"
#include "core/config/report.h"

namespace rope {

// Reports every value that the document gives for a quantity (spellings.h) although the layers that
// it is about compute with another one: the value loses to one that stands elsewhere, or its name
// is not read. Says nothing about a value that is equal to the one that is used.
//
// REQUIRES a loaded state whose parameter sets were checked: `report` has one entry for each.
void CheckGivenValues(LoadingState* state, const ModelConfigReport& report);

}  // namespace rope
