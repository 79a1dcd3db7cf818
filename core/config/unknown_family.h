// What is asked of a configuration whose family is unknown.
#pragma once

#include "core/config/text_model.h"
#include "core/findings/finding_sink.h"

namespace rope {

// Reports what makes an answer for a model of an unknown family a guess: a value that is left to a
// default that families differ in (the base, the width of a head), or a member that families read
// by their own rules (the rotated share, latent attention, layers without rotary embedding).
// Each is an error. If there is none, there is a warning that the file is read by llama's rules;
// for a file without model_type, which claims nothing, a note.
void CheckUnknownFamily(const TextModel& model, FindingSink* findings);

}  // namespace rope
