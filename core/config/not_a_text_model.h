// Documents of models whose rotary embedding another document would have to describe.
#pragma once

#include "core/config/text_model.h"
#include "core/findings/finding_sink.h"

namespace rope {

// Reports, as an error, a document of diffusers, which names its class and leaves the rotary
// embedding to the class's code, and a MusicFlamingo without its text model. True if it did:
// nothing else of the document is then worth reading.
bool ReportNotATextModel(const JsonValue& root, const TextModel& model, FindingSink* findings);

}  // namespace rope
