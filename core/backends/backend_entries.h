// What the list in backends.cc is made of, one a file. Every backend lives as long as the process.
#pragma once

#include "absl/types/span.h"
#include "core/backends/backend.h"

namespace rope {

// "cpu", which takes the best kernel of the host, and "cpu-<kernel>" for each there is.
absl::Span<const Backend* const> GetCpuBackends();
const Backend& GetReferenceBackend();

}  // namespace rope
