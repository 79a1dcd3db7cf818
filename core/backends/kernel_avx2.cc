#include "core/backends/exact_double_body.h"
#include "core/backends/kernel_entries.h"
#include "core/backends/row_kernel_body.h"

namespace rope {

FillRowsFunction FillRowsAvx2(TableForm form) { return InstanceFor<ScalarRows<true>>(form); }

FillExactRowsFunction FillExactRowsAvx2(TableForm form) {
  return InstanceFor<ExactRows<true>>(form);
}

}  // namespace rope
