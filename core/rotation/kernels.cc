#include "core/rotation/kernels.h"

#include "core/rotation/kernel_entries.h"

namespace rope::rotation {
namespace {

// THE list, best first.
constexpr Kernel kKernels[] = {
#if defined(__x86_64__)
    {"avx512",
     [] {
       return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
              __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
     },
     RotateRowsAvx512},
    {"avx2", [] { return __builtin_cpu_supports("avx2") != 0; }, RotateRowsAvx2},
#endif
    {"portable", [] { return true; }, RotateRowsPortable},
};

const Kernel& FirstSupported() {
  for (const Kernel& kernel : kKernels) {
    if (kernel.supported()) return kernel;
  }
  return kKernels[0];  // not reached: "portable" is always supported
}

}  // namespace

absl::Span<const Kernel> AllKernels() { return kKernels; }

const Kernel& BestKernel() {
  static const Kernel& best = FirstSupported();
  return best;
}

}  // namespace rope::rotation
