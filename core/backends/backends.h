// The ordered list of backends. The first one that is available is the default. Everything here is
// thread-safe.
#pragma once

#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/backends/backend.h"

namespace rope {

// All backends that are compiled in, available or not: fastest first, "reference" last. They live
// as long as the process.
absl::Span<const Backend* const> AllBackends();

// The backend with that name, or null if there is none. It may be unavailable on this host.
const Backend* FindBackend(absl::string_view name);

// The first available backend. "reference" is always available, so this cannot fail.
const Backend& BestBackend();

// The names of the cpu backend's kernels that this host can run, best first: {"avx2", "sse4",
// "portable"}. Never empty, because "portable" runs everywhere.
std::vector<absl::string_view> SupportedKernelNames();

}  // namespace rope
