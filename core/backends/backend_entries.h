// The entry points of the files that define backends. The list in backends.cc is made from them.
// Every backend lives as long as the process. Thread-safe.
#pragma once

#include "absl/types/span.h"
#include "core/backends/backend.h"

namespace rope {

// "cpu", which uses the best kernel of this host, and then one "cpu-<kernel>" for each of
// AllKernels, best first. Those with a kernel that this host cannot run are not available().
absl::Span<const Backend* const> GetCpuBackends();

// "reference", which is always available().
const Backend& GetReferenceBackend();

}  // namespace rope
