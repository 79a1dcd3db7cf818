#include "core/backends/exact_double_body.h"
#include "core/backends/kernel_entries.h"
#include "core/backends/row_kernel_body.h"

namespace rope {

FillRowsFunction FillRowsPortable(TableForm form) { return InstanceFor<ScalarRows<false>>(form); }

FillExactRowsFunction FillExactRowsPortable(TableForm form) {
  return InstanceFor<ExactRows<false>>(form);
}

}  // namespace rope
