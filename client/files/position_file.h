// Positions from an .npy file, numpy's format for one array (NEP 1).
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "rope/v1/position_ids.pb.h"

namespace rope::client {

// Reads an array of int32, int64 or float64, little-endian, in C order; format versions 1 to 3. The
// shape of the array becomes the shape of the positions. Only the file is checked here: the server
// checks the values, and that there are at most 8 dimensions. NOT_FOUND if the file cannot be read,
// INVALID_ARGUMENT with the reason if it is not such an array. Thread-safe.
absl::StatusOr<v1::PositionIds> ReadPositionFile(const std::string& path);

}  // namespace rope::client
