// Copies a chunk to where it belongs and hashes it in the same pass, while it is in the L1 cache.
#pragma once

#include <cstddef>
#include <cstdint>

#include "client/stream/response_parser.h"
#include "core/checksum/xxh3.h"

namespace rope::client {

// Not thread-safe.
class ChunkCopier {
 public:
  // Copies all bytes of `chunk` but the first `skipped` to `to`; null: only hashes. Answers the
  // XXH3-64 of all of them; 0, unhashed, where not `hash`.
  uint64_t Copy(const ChunkView& chunk, int64_t skipped, bool hash, std::byte* to);

 private:
  Xxh3Stream hash_;
};

}  // namespace rope::client
