// Portable: the shared loops, compiled with only the instructions that every processor of the
// architecture has, and without fused multiply-add. It runs everywhere.
#include "core/backends/cpu/exact_double.inl.h"
#include "core/backends/cpu/hf_rows.inl.h"
#include "core/backends/cpu/kernel_entries.h"

namespace rope {

FillRowsFunction FillRowsPortable(TableForm form) { return InstanceFor<ScalarRows<false>>(form); }

FillExactRowsFunction FillExactRowsPortable(TableForm form) {
  return InstanceFor<ExactRows<false>>(form);
}

}  // namespace rope
