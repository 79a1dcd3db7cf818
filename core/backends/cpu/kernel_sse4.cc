// The portable loops, compiled for processors of 2008 and later without AVX2. Blends and packed
// conversions make shorter dtypes a tenth faster than SSE2 has them.
#include "core/backends/cpu/exact_double.inl.h"
#include "core/backends/cpu/hf_rows.inl.h"
#include "core/backends/cpu/kernel_entries.h"

namespace rope {

FillRowsFunction FillRowsSse4(TableForm form) { return InstanceFor<ScalarRows<false>>(form); }

FillExactRowsFunction FillExactRowsSse4(TableForm form) {
  return InstanceFor<ExactRows<false>>(form);
}

}  // namespace rope
