#include "core/backends/cos_sin_kernels.h"

#include "core/backends/kernel_entries.h"

namespace rope {
namespace {

// THE list, best first.
constexpr CosSinKernel kKernels[] = {
#if defined(__x86_64__)
    {"avx512",
     [] {
       return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
              __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
     },
     FillHalfRowsAvx512},
    {"avx2", [] { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); },
     FillHalfRowsAvx2},
#endif
    {"portable", [] { return true; }, FillHalfRowsPortable},
};

const CosSinKernel& FirstSupported() {
  for (const CosSinKernel& kernel : kKernels) {
    if (kernel.supported()) return kernel;
  }
  return kKernels[0];  // not reached: "portable" always is
}

}  // namespace

absl::Span<const CosSinKernel> AllCosSinKernels() { return kKernels; }

const CosSinKernel& BestCosSinKernel() {
  static const CosSinKernel& best = FirstSupported();
  return best;
}

}  // namespace rope
