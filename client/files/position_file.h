// Positions in an .npy file, numpy's format for one array (NEP 1).
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rope/v1/position_ids.pb.h"

namespace rope::client {

// Reads an array of int32, int64 or float64, little-endian, in C order; format versions 1 to 3. The
// shape of the array becomes the shape of the positions. Only the file is checked here: the server
// checks the values, and that there are at most 8 dimensions. NOT_FOUND if the file cannot be read,
// INVALID_ARGUMENT with the reason if it is not such an array. Thread-safe.
absl::StatusOr<v1::PositionIds> ReadPositionFile(const std::string& path);

// Writes an array that ReadPositionFile reads: int64, or float64 for positions in float64_le. Its
// shape is that of the positions; with several axes, their number comes first. The file appears
// under its name only when it is complete. If that is not possible, the status says why: NOT_FOUND,
// PERMISSION_DENIED, ... REQUIRES positions as bytes, as many as the shape says. Thread-safe for
// different paths.
absl::Status WritePositionFile(const std::string& path, const v1::PositionIds& ids);

}  // namespace rope::client
