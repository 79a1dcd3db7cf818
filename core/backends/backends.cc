#include "core/backends/backends.h"

#include <vector>

#include "core/backends/backend_entries.h"
#include "core/backends/cpu/row_kernels.h"

namespace rope {

absl::Span<const Backend* const> AllBackends() {
  // THE list, fastest first.
  static const auto* const backends = [] {
    auto* all = new std::vector<const Backend*>(GetCpuBackends().begin(), GetCpuBackends().end());
    all->push_back(&GetReferenceBackend());
    return all;
  }();
  return *backends;
}

const Backend* FindBackend(absl::string_view name) {
  for (const Backend* backend : AllBackends()) {
    if (backend->name() == name) return backend;
  }
  return nullptr;
}

const Backend& BestBackend() {
  for (const Backend* backend : AllBackends()) {
    if (backend->available()) return *backend;
  }
  return GetReferenceBackend();
}

std::vector<absl::string_view> SupportedKernels() {
  std::vector<absl::string_view> names;
  for (const RowKernel& kernel : AllRowKernels()) {
    if (kernel.supported()) names.push_back(kernel.name);
  }
  return names;
}

}  // namespace rope
