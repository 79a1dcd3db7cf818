// TableFile: writes a table to disk chunk by chunk, so that it may be larger than memory.
//
// The ending of the path chooses the format:
//
// - x.npy: one file for each tensor, x.cos.npy and x.sin.npy; x.npy itself if there is one tensor.
// - x.npz: one archive with the arrays cos and sin, not compressed, and an array `metadata` of one
//   text: what they were computed from, as JSON.
// - x.safetensors: the tensors cos and sin; the metadata say what they were computed from.
//
// In the layouts that have one tensor, it is called cos_sin.
//
// Files are written under other names beside the final ones, and Commit renames them. Until then
// existing files stay unchanged; an object that is destroyed without Commit removes what it wrote.
//
// numpy has no bfloat16: .npy and .npz hold the bit patterns as '<u2'. Layout complex is complex64
// in all formats.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rope/v1/embeddings.pb.h"

namespace rope::client {

// Call Begin, then Write for every chunk, then Commit. Not thread-safe.
class TableFile {
 public:
  // Opens the files. `tensors` are those that the stream will have, in its order. INVALID_ARGUMENT
  // for an unknown ending; NOT_FOUND or PERMISSION_DENIED if `path` cannot be written.
  static absl::StatusOr<std::unique_ptr<TableFile>> Create(
      const std::string& path, const std::vector<v1::TensorKind>& tensors);

  virtual ~TableFile() = default;

  // Writes the headers of the files. To be called once, before the first chunk.
  virtual absl::Status Begin(const v1::StreamHeader& header) = 0;
  // Writes a chunk to its place. INTERNAL if its tensor was not announced.
  virtual absl::Status Write(const v1::Chunk& chunk) = 0;
  // Finishes the files and returns their names. To be called once, when all chunks are written. If
  // it fails, the status says why; files that were finished before the error stay.
  virtual absl::StatusOr<std::vector<std::string>> Commit() = 0;
};

// "cos", "sin", or "cos_sin" for the only tensor of a joined layout.
absl::string_view TensorName(v1::TensorKind kind);

}  // namespace rope::client
