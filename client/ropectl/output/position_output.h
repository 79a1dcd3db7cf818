// Positions as `ropectl positions` prints them.
#pragma once

#include "absl/strings/string_view.h"
#include "core/positions/rope_index.h"
#include "core/positions/vision/vision_positions.h"

namespace rope::ropectl {

// {"position_ids": [axis][row][token], "rope_deltas": [row][1]}, and "decode_position_ids" if there
// are some.
void PrintPositionIdsJson(const RopeIndex& index);
// One line for each token, with its positions on all axes.
void PrintPositionIdsText(absl::string_view family, const RopeIndex& index);

// {"position_ids": [patch][axis]}, and the windows if there are some.
void PrintPositionIdsJson(const VisionPositions& positions);
// One line for each patch.
void PrintPositionIdsText(absl::string_view family, const VisionPositions& positions);

}  // namespace rope::ropectl
