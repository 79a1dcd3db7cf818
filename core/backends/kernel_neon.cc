// The portable loops with fused multiply-add, which every AArch64 has: the compiler makes of them
// what is written by hand elsewhere, two doubles to a register.
#include "core/backends/exact_double_body.h"
#include "core/backends/kernel_entries.h"
#include "core/backends/row_kernel_body.h"

namespace rope {

FillRowsFunction FillRowsNeon(TableForm form) { return InstanceFor<ScalarRows<true>>(form); }

FillExactRowsFunction FillExactRowsNeon(TableForm form) {
  return InstanceFor<ExactRows<true>>(form);
}

}  // namespace rope
