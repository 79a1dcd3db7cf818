// The ordered list of backends: the first available one is the default.
#pragma once

#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/backends/backend.h"

namespace rope {

// Fastest first, "reference" last. Every entry lives as long as the process.
absl::Span<const Backend* const> AllBackends();

// Null where no backend has that name. The one returned may be unavailable on this host.
const Backend* FindBackend(absl::string_view name);

// The first available one; there always is one.
const Backend& BestBackend();

// The names of the cpu backend's kernels that this host can run, best first: "avx2", "portable".
std::vector<absl::string_view> SupportedKernels();

}  // namespace rope
