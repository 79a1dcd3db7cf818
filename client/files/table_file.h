// TableFile: a table on its way to disk, chunk by chunk, so that it may be larger than memory.
//
//   x.npy          one file per tensor: x.cos.npy and x.sin.npy; x.npy itself where there is only
//   one x.npz          arrays cos and sin, not compressed x.safetensors  tensors cos and sin, with
//   what was resolved as metadata
//
// Everything is written under other names beside the final ones; Commit renames. Until then
// existing files stay as they are, and an object that goes away uncommitted leaves nothing behind.
// numpy has no bfloat16: in npy and npz it is stored as '<u2', the bit patterns. Layout complex is
// complex64 everywhere.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rope/v1/embeddings.pb.h"

namespace rope::client {

class TableFile {
 public:
  // Opens the files. INVALID_ARGUMENT for an unknown ending, PERMISSION_DENIED or NOT_FOUND where
  // `path` cannot be written. `tensors`: what will be asked for, in order.
  static absl::StatusOr<std::unique_ptr<TableFile>> Create(
      const std::string& path, const std::vector<v1::TensorKind>& tensors);

  virtual ~TableFile() = default;

  // Once, before the first chunk.
  virtual absl::Status Begin(const v1::StreamHeader& header) = 0;
  virtual absl::Status Write(const v1::Chunk& chunk) = 0;
  // Finishes the files under their final names, which are answered.
  virtual absl::StatusOr<std::vector<std::string>> Commit() = 0;
};

// "cos", "sin", or "cos_sin" for the one tensor of a joined layout.
absl::string_view TensorName(v1::TensorKind kind);

}  // namespace rope::client
