// The parts of an .npy file, numpy's format for one array (NEP 1).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rope::client {

// Views of the file's bytes.
struct NpyArray {
  absl::string_view descr;     // the dtype with quotes: "'<f4'"
  std::vector<int64_t> shape;  // empty: one number
  int64_t count = 0;           // the product of the shape
  absl::string_view data;      // in C order; its size is not checked
};

// Whether the bytes start as an .npy file does. Pure.
bool LooksLikeNpy(absl::string_view bytes);

// Takes an .npy file of format version 1, 2 or 3 apart. INVALID_ARGUMENT, with the reason, if it is
// no such file, is in Fortran order, or has a shape that is no tuple of sizes. Pure.
absl::StatusOr<NpyArray> ParseNpy(absl::string_view bytes);

// What stands before the data of an array in C order: format version 1, padded so that the data
// starts at a multiple of 64 bytes. `descr` has no quotes: "<f4". Pure.
std::string NpyHeader(absl::string_view descr, absl::Span<const int64_t> shape);

// The bytes of a file. NOT_FOUND if it cannot be read.
absl::StatusOr<std::string> ReadBytes(const std::string& path);

}  // namespace rope::client
