// The entry points of the kernel_*.cc files, which kernels.cc lists. Only those of the host's
// architecture are defined.
#pragma once

#include "core/rotation/kernels.h"

namespace rope::rotation {

RotateRowsFunction RotateRowsPortable(const Loop& loop);
RotateRowsFunction RotateRowsAvx2(const Loop& loop);
RotateRowsFunction RotateRowsAvx512(const Loop& loop);

void StreamAvx2(const std::byte* from, int64_t bytes, std::byte* to);
void StreamAvx512(const std::byte* from, int64_t bytes, std::byte* to);

}  // namespace rope::rotation
