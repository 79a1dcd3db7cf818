// The loops of ApplyRotary for every host.
#include "core/rotation/kernel_entries.h"
#include "core/rotation/rotate_rows.inl.h"

namespace rope::rotation {

RotateRowsFunction RotateRowsPortable(const Loop& loop) { return ChooseLoop(loop); }

}  // namespace rope::rotation
