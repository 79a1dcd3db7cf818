// The loops of ApplyRotary for AVX2 (256-bit vectors).
#include "core/rotation/kernel_entries.h"
#include "core/rotation/rotate_rows.inl.h"

namespace rope::rotation {

RotateRowsFunction RotateRowsAvx2(const Loop& loop) { return ChooseLoop(loop); }

}  // namespace rope::rotation
