// Documents that describe a spectrum themselves, instead of a model: {"spectrum": {...}}.
#pragma once

#include "core/config/report.h"
#include "core/findings/finding_sink.h"
#include "core/json/json_value.h"

namespace rope {

// Whether the document has a member "spectrum" and no model_type.
bool IsSpectrumDocument(const JsonValue& root);

// Reads such a document: one layer type "", whose config has the spectrum. The members are those of
// the message Spectrum, proto/rope/v1/spectrum.proto. Reports every member that is unknown, of the
// wrong type or out of range; there is then no layer type. REQUIRES IsSpectrumDocument(root).
void ReadSpectrumDocument(const JsonValue& root, FindingSink* findings, ModelConfigReport* report);

}  // namespace rope
