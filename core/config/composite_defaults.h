// Text models that the class of a composite file fills in.
#pragma once

#include "core/config/text_model.h"
#include "core/findings/finding_sink.h"

namespace rope {

// Some composite classes have their own values for a text model that the file leaves out, or for
// members that it leaves out of its text model. The defaults of the text model's own class, which
// this service knows, are then not those of the model. Reports an error for each such member that
// an answer depends on. Source: sub_configs_defaults of the classes in transformers 5.24.
void CheckCompositeDefaults(const TextModel& model, FindingSink* findings);

}  // namespace rope
