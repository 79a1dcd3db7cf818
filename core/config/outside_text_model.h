// Rope parameters of a composite configuration that stand outside its text model.
#pragma once

#include "core/config/text_model.h"
#include "core/findings/finding_sink.h"

namespace rope {

// Reports the members around the text model that look like rope parameters. transformers never uses
// them. It does not even load the file if they ask for a rope type that needs the original length
// (yarn, llama3, longrope), because an outer configuration has no max_position_embeddings to take
// it from. Nothing is reported if the text model has the same member with the same value.
//
// The fix moves the member into the text model. There is none if the text model has other values.
void CheckOutsideTextModel(const TextModel& model, FindingSink* findings);

}  // namespace rope
