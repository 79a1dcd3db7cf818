// BlockPool: the memory of table blocks.
//
// Huge pages of 2 MiB, divided by halving (the buddy system; Knowlton, CACM 1965) and recycled:
// touching fresh pages for the first time costs more than computing what is written into them, and
// the heap, where blocks of many sizes come and go among small things, grows to several times what
// is in use (docs/performance.md has both figures).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <set>

namespace rope::engine {

// Thread-safe. Outlives its blocks.
class BlockPool {
 public:
  static constexpr int64_t kPageBytes = 2 << 20;
  static constexpr int64_t kLeastBytes = 2 << 10;

  // Keeps free pages as long as what is free and what is live are no more than `budget_bytes`, the
  // size of a cache and a little: so a cache that is full drops and fills without asking the
  // system.
  explicit BlockPool(int64_t budget_bytes = 64 << 20) : budget_bytes_(budget_bytes) {}
  ~BlockPool();
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  // What a block of `bytes` takes: the next power of two, at least kLeastBytes; beyond a page,
  // `bytes`.
  static int64_t SizeFor(int64_t bytes);

  // SizeFor(bytes) bytes, not initialised, aligned to 64; null where there is no memory.
  std::byte* Allocate(int64_t bytes);
  // `memory`: from Allocate(bytes).
  void Free(std::byte* memory, int64_t bytes);

  int64_t live_bytes() const;  // handed out, not freed
  int64_t free_bytes() const;  // of pages, waiting to be used again

 private:
  static constexpr int kOrders = 11;  // kLeastBytes << 0 ... kPageBytes

  // These need mutex_.
  std::byte* Take(int order);
  std::byte* Return(std::byte* memory, int order);  // a page to be given back, or null

  const int64_t budget_bytes_;
  mutable std::mutex mutex_;
  // By order; the lowest address is used first, so that high pages become free.
  std::array<std::set<std::byte*>, kOrders> free_;
  int64_t live_bytes_ = 0;
  int64_t free_bytes_ = 0;
};

}  // namespace rope::engine
