// BlockPool: the memory of table blocks.
//
// A block of the usual size is one slab of 2 MiB, a whole huge page. Slabs are recycled: touching
// fresh pages for the first time costs more than computing what is written into them
// (docs/performance.md). Other sizes come from the heap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace rope {

// Thread-safe. Outlives its blocks.
class BlockPool {
 public:
  static constexpr int64_t kSlabBytes = 2 << 20;

  // Keeps up to `most_free_bytes` of slabs that nobody uses; gives the rest back to the system.
  explicit BlockPool(int64_t most_free_bytes = 64 << 20) : most_free_bytes_(most_free_bytes) {}
  ~BlockPool();
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  // What a block of `bytes` takes: `bytes`, or a slab where most of one is needed.
  static int64_t SizeFor(int64_t bytes);

  // SizeFor(bytes) bytes, not initialised, aligned to 64; null where there is no memory.
  std::byte* Allocate(int64_t bytes);
  // `memory`: from Allocate(bytes).
  void Free(std::byte* memory, int64_t bytes);

  int64_t live_bytes() const;  // handed out, not freed
  int64_t free_bytes() const;  // slabs waiting to be used again

 private:
  const int64_t most_free_bytes_;
  mutable std::mutex mutex_;
  std::vector<std::byte*> free_slabs_;
  int64_t live_bytes_ = 0;
};

}  // namespace rope
