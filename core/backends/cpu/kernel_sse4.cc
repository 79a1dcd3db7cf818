// SSE4.2: the portable loops, compiled for x86-64 processors without AVX2 (2008 and later). SSE4's
// blends and packed conversions make tables of float16 and bfloat16 a tenth faster than with SSE2.
#include "core/backends/cpu/exact_double.inl.h"
#include "core/backends/cpu/hf_rows.inl.h"
#include "core/backends/cpu/kernel_entries.h"

namespace rope {

FillRowsFunction FillRowsSse4(TableForm form) { return InstanceFor<ScalarRows<false>>(form); }

FillExactRowsFunction FillExactRowsSse4(TableForm form) {
  return InstanceFor<ExactRows<false>>(form);
}

}  // namespace rope
