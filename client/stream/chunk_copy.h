// ChunkCopier: copies a chunk to its place and hashes it in the same pass.
#pragma once

#include <cstddef>
#include <cstdint>

#include "client/chunk_view.h"
#include "core/checksum/xxh3.h"

namespace rope::client {

// Works in parts that fit the L1 cache, so that main memory is read once. Not thread-safe.
class ChunkCopier {
 public:
  // Copies the bytes of `chunk`, except the first `skipped` ones, to `to`. Copies nothing if `to`
  // is null. Returns the XXH3-64 of the whole chunk, the skipped bytes included, or 0 if `hash` is
  // false. REQUIRES 0 <= skipped <= chunk.byte_size.
  uint64_t Copy(const ChunkView& chunk, int64_t skipped, bool hash, std::byte* to);

 private:
  Xxh3Stream hash_;
};

}  // namespace rope::client
