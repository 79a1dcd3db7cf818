// NEON: the portable loops with fused multiply-add, which every AArch64 processor has. g++
// vectorises them well, with two doubles to a register; nothing is written by hand.
#include "core/backends/cpu/exact_double.inl.h"
#include "core/backends/cpu/hf_rows.inl.h"
#include "core/backends/cpu/kernel_entries.h"

namespace rope {

FillRowsFunction FillRowsNeon(TableForm form) { return InstanceFor<ScalarRows<true>>(form); }

FillExactRowsFunction FillExactRowsNeon(TableForm form) {
  return InstanceFor<ExactRows<true>>(form);
}

}  // namespace rope
