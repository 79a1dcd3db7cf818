// A list of numbers from a file: frequencies, or factors of them.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace rope::client {

// Reads an .npy file of float32 or float64, little-endian, with one dimension, or a JSON array of
// numbers. A float32 becomes the double of the same value; a number in JSON becomes the nearest
// double. Infinities and NaN are returned, too: whoever uses the numbers says what is allowed.
// NOT_FOUND if the file cannot be read, INVALID_ARGUMENT with the reason if it is no such list or
// an empty one. Thread-safe.
absl::StatusOr<std::vector<double>> ReadNumberFile(const std::string& path);

}  // namespace rope::client
