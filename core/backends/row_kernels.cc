#include "core/backends/row_kernels.h"

#include "core/backends/kernel_entries.h"

namespace rope {
namespace {

// THE list, best first.
constexpr RowKernel kKernels[] = {
#if defined(__x86_64__)
    {"avx512",
     [] {
       return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
              __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
     },
     FillRowsAvx512, FillExactRowsAvx512},
    {"avx2", [] { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); },
     FillRowsAvx2, FillExactRowsAvx2},
#endif
    {"portable", [] { return true; }, FillRowsPortable, FillExactRowsPortable},
};

const RowKernel& FirstSupported() {
  for (const RowKernel& kernel : kKernels) {
    if (kernel.supported()) return kernel;
  }
  return kKernels[0];  // not reached: "portable" always is
}

}  // namespace

absl::Span<const RowKernel> AllRowKernels() { return kKernels; }

const RowKernel& BestRowKernel() {
  static const RowKernel& best = FirstSupported();
  return best;
}

}  // namespace rope
