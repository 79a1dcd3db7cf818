// Reading positions from an .npy file.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "rope/v1/position_ids.pb.h"

namespace rope::client {

// int32 or int64 positions of any shape with at most 8 dimensions, C order, format versions 1 to 3;
// the array's shape becomes the batch shape. INVALID_ARGUMENT, saying what is wrong, for anything
// else.
absl::StatusOr<v1::PositionIds> ReadPositionFile(const std::string& path);

}  // namespace rope::client
