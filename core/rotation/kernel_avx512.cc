// The loops of ApplyRotary for AVX-512 (512-bit vectors).
#include "core/rotation/kernel_entries.h"
#include "core/rotation/rotate_rows.inl.h"

namespace rope::rotation {

RotateRowsFunction RotateRowsAvx512(const Loop& loop) { return ChooseLoop(loop); }

}  // namespace rope::rotation
