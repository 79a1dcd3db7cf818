// BlockPool: the memory of table blocks.
//
// The pool allocates huge pages of 2 MiB, divides them by halving (the buddy system; Knowlton, CACM
// 1965) and uses them again. There are two reasons. The first write to a fresh page costs more than
// computing the values that are written. And a general heap, in which blocks of many sizes come and
// go between small objects, grows to several times the memory in use. docs/performance_notes.md
// has the figures of both.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>

#include "absl/base/thread_annotations.h"
#include "server/engine/schedule/mutex.h"

namespace rope::engine {

// Thread-safe. Must outlive its blocks.
class BlockPool {
 public:
  static constexpr int64_t kPageBytes = 2 << 20;
  static constexpr int64_t kMinBytes = 2 << 10;

  // The pool keeps a free page as long as free and live bytes together are at most `budget_bytes`;
  // otherwise it returns the page to the system. With a budget a little above the cache's capacity,
  // a full cache drops and adds blocks without calls to the system.
  explicit BlockPool(int64_t budget_bytes = 64 << 20) : budget_bytes_(budget_bytes) {}
  ~BlockPool();
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  // The bytes that a block of `bytes` (> 0) occupies: the next power of two, at least kMinBytes.
  // Above a page, `bytes` rounded up to a multiple of 64.
  static int64_t SizeFor(int64_t bytes);

  // SizeFor(bytes) bytes, uninitialised and aligned to 64; null if the system has no memory. The
  // caller owns them until Free.
  std::byte* Allocate(int64_t bytes);
  // Gives back `memory`, the result of Allocate(bytes) with the same `bytes`. Null is allowed.
  void Free(std::byte* memory, int64_t bytes);

  int64_t live_bytes() const;  // allocated and not yet freed
  int64_t free_bytes() const;  // parts of pages that the pool keeps for the next Allocate

 private:
  // Order o stands for parts of kMinBytes << o bytes; the last order is a whole page.
  static constexpr int kOrders = 11;

  std::byte* TakePart(int order) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Returns a whole page if it goes back to the system, otherwise null.
  std::byte* ReturnPart(std::byte* memory, int order) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const int64_t budget_bytes_;
  mutable Mutex mutex_;
  // Free parts of each order. TakePart uses the lowest address first, so that the pages at high
  // addresses become entirely free.
  std::array<std::set<std::byte*>, kOrders> free_ ABSL_GUARDED_BY(mutex_);
  int64_t live_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t free_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace rope::engine
