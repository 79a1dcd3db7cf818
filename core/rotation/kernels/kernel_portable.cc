// The loops of ApplyRotary for every host.
#include "core/rotation/kernels/kernel_entries.h"
#include "core/rotation/kernels/rotate_rows.inl.h"

namespace rope::rotation {

RotateRowsFunction RotateRowsPortable(const Loop& loop) { return ChooseLoop<NoLanes>(loop); }

}  // namespace rope::rotation
