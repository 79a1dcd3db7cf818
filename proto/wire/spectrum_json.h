// Spectra as JSON text.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "rope/v1/spectrum.pb.h"

namespace rope::wire {

// {"spectrum": ...}, as ReadModelConfig reads it: the fields that are set, in the order of their
// numbers, with enums as their last words in small letters. INVALID_ARGUMENT for an enum value that
// this build does not know. Pure and thread-safe.
absl::StatusOr<std::string> SpectrumJson(const v1::Spectrum& spectrum);

}  // namespace rope::wire
