// The entry points of the kernel_*.cc files, which kernels.cc lists. Only those of the host's
// architecture are defined.
#pragma once

#include "core/rotation/kernels/kernels.h"

namespace rope::rotation {

RotateRowsFunction RotateRowsPortable(const Loop& loop);
RotateRowsFunction RotateRowsAvx2(const Loop& loop);
RotateRowsFunction RotateRowsAvx512(const Loop& loop);

}  // namespace rope::rotation
