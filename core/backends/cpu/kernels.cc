#include "core/backends/cpu/kernels.h"

#include "core/backends/cpu/kernel_entries.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace rope {
namespace {

// For kernels that cannot write past the caches.
FillRowsFunction NoStreamRows(TableForm /*form*/) { return nullptr; }

#if defined(__x86_64__)
// __builtin_cpu_supports of Clang 14 does not accept "f16c", so this asks the processor itself.
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
     FillRowsAvx512, StreamRowsAvx512, FillExactRowsAvx512},
    {"avx2",
     [] { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && HasF16c(); },
     FillRowsAvx2, NoStreamRows, FillExactRowsAvx2},
    {"sse4", [] { return __builtin_cpu_supports("sse4.2") != 0; }, FillRowsSse4, NoStreamRows,
     FillExactRowsSse4},
#elif defined(__aarch64__)
    {"neon", [] { return true; }, FillRowsNeon, NoStreamRows, FillExactRowsNeon},
#endif
    {"portable", [] { return true; }, FillRowsPortable, NoStreamRows, FillExactRowsPortable},
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

}  // namespace rope
