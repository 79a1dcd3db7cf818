// Tensors in a .safetensors file (https://github.com/huggingface/safetensors, "Format"): eight
// bytes with the length of the header, little-endian; the header, a JSON object; the tensors'
// bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rope::client {

// One tensor, row-major and unpadded, little-endian as in the file.
struct StoredTensor {
  std::string dtype;           // as the file names it: "F32", "F16", "BF16", "I64", ...
  std::vector<int64_t> shape;  // sizes >= 0; empty for a single number
  // Aligned for every type of element.
  std::vector<std::byte> data;
};

struct SafetensorsFile {
  std::map<std::string, StoredTensor> tensors;  // by name
  std::map<std::string, std::string> metadata;  // the member __metadata__; empty if absent
};

// Reads a whole file. NOT_FOUND if it cannot be read. INVALID_ARGUMENT, which says what is wrong
// and in which tensor, for anything that is not exactly the format: a header that is cut off,
// longer than 100 MB, not JSON, or with a name twice; a tensor with a missing or unknown member, an
// unknown dtype, or a size that its shape and dtype do not give; tensors that overlap, leave a gap,
// or end before or behind the end of the file. Thread-safe.
absl::StatusOr<SafetensorsFile> ReadSafetensors(const std::string& path);

// The same for the bytes of a file. Pure.
absl::StatusOr<SafetensorsFile> ParseSafetensors(absl::string_view bytes);

// Writes a file. It appears under its name only when it is complete, and replaces a file of that
// name. REQUIRES tensors whose data have the size that shape and dtype give. If it fails, the
// status says why: NOT_FOUND, PERMISSION_DENIED, .... Thread-safe for different paths.
absl::Status WriteSafetensors(const std::string& path, const SafetensorsFile& file);

}  // namespace rope::client
