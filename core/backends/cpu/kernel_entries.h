// The entry points of the kernel_*.cc files. The list in kernels.cc is made from them, and struct
// Kernel in kernels.h says what each function promises. Only those of the host's architecture are
// defined.
#pragma once

#include "core/backends/cpu/kernels.h"

namespace rope {

FillRowsFunction FillRowsPortable(TableForm form);
FillRowsFunction FillRowsNeon(TableForm form);
FillRowsFunction FillRowsSse4(TableForm form);
FillRowsFunction FillRowsAvx2(TableForm form);
FillRowsFunction FillRowsAvx512(TableForm form);

FillRowsFunction StreamRowsAvx512(TableForm form);

FillExactRowsFunction FillExactRowsPortable(TableForm form);
FillExactRowsFunction FillExactRowsNeon(TableForm form);
FillExactRowsFunction FillExactRowsSse4(TableForm form);
FillExactRowsFunction FillExactRowsAvx2(TableForm form);
FillExactRowsFunction FillExactRowsAvx512(TableForm form);

}  // namespace rope
