#include "core/rotation/kernels/kernels.h"

#include "core/rotation/kernels/kernel_entries.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace rope::rotation {
namespace {

#if defined(__x86_64__)
// clang 14 has no name for this feature in __builtin_cpu_supports.
bool HasF16c() {
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  return __get_cpuid(1, &eax, &ebx, &ecx, &edx) != 0 && (ecx & bit_F16C) != 0;
}
#endif

// THE list, best first.
constexpr Kernel kKernels[] = {
#if defined(__x86_64__)
    {"avx512",
     [] {
       return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
              __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
     },
     RotateRowsAvx512},
    {"avx2", [] { return __builtin_cpu_supports("avx2") != 0 && HasF16c(); }, RotateRowsAvx2},
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
