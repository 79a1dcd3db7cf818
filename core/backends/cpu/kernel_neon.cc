// The portable loops with fused multiply-add, which every AArch64 has: the compiler makes of them
// what is written by hand elsewhere, two doubles to a register.
#include "core/backends/cpu/exact_double.inl.h"
#include "core/backends/cpu/hf_rows.inl.h"
#include "core/backends/cpu/kernel_entries.h"

namespace rope {

FillRowsFunction FillRowsNeon(TableForm form) { return InstanceFor<ScalarRows<true>>(form); }

FillExactRowsFunction FillExactRowsNeon(TableForm form) {
  return InstanceFor<ExactRows<true>>(form);
}

}  // namespace rope
