#include "core/backends/kernel_entries.h"
#include "core/backends/row_kernel_body.h"

namespace rope {

FillRowsFunction FillRowsPortable(TableForm form) { return InstanceFor<ScalarRows<false>>(form); }

}  // namespace rope
