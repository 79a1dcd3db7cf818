#include "server/engine/cache/block_pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstdlib>

namespace rope::engine {
namespace {

// Bytes of a cache line, and of the widest store of a kernel.
constexpr int64_t kBlockAlignment = 64;

constexpr int64_t BytesOf(int order) { return BlockPool::kMinBytes << order; }

// The order of `size`, which is a result of SizeFor and at most a page.
int OrderOf(int64_t size) {
  return std::countr_zero(static_cast<uint64_t>(size / BlockPool::kMinBytes));
}

std::byte* NewPage() {
  auto* const page = static_cast<std::byte*>(
      std::aligned_alloc(BlockPool::kPageBytes, static_cast<size_t>(BlockPool::kPageBytes)));
  // This is advice: a system without huge pages uses small ones.
  if (page != nullptr) (void)madvise(page, BlockPool::kPageBytes, MADV_HUGEPAGE);
  return page;
}

// The buddy of `memory`: the part of the same order with which it forms a part of the next order.
// Every part is aligned to its size, so one bit of the address tells which of the two it is.
std::byte* BuddyOf(std::byte* memory, int order) {
  const auto address = reinterpret_cast<uintptr_t>(memory);
  const bool is_second = (address & static_cast<uintptr_t>(BytesOf(order))) != 0;
  return is_second ? memory - BytesOf(order) : memory + BytesOf(order);
}

}  // namespace

BlockPool::~BlockPool() {
  static_assert(BytesOf(kOrders - 1) == kPageBytes);
  for (std::byte* page : free_[kOrders - 1])
    std::free(page);  // with no block left, every page is whole
}

int64_t BlockPool::SizeFor(int64_t bytes) {
  if (bytes > kPageBytes) return (bytes + kBlockAlignment - 1) / kBlockAlignment * kBlockAlignment;
  if (bytes <= kMinBytes) return kMinBytes;
  return static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(bytes)));
}

std::byte* BlockPool::TakePart(int order) {
  int from = order;
  while (from < kOrders && free_[from].empty()) ++from;
  std::byte* memory = nullptr;
  if (from == kOrders) {
    from = kOrders - 1;
    memory = NewPage();
    if (memory == nullptr) return nullptr;
    free_bytes_ += kPageBytes;
  } else {
    memory = free_[from].extract(free_[from].begin()).value();
  }
  while (from > order) {
    --from;
    free_[from].insert(memory + BytesOf(from));
  }
  free_bytes_ -= BytesOf(order);
  live_bytes_ += BytesOf(order);
  return memory;
}

std::byte* BlockPool::ReturnPart(std::byte* memory, int order) {
  live_bytes_ -= BytesOf(order);
  free_bytes_ += BytesOf(order);
  while (order < kOrders - 1 && free_[order].erase(BuddyOf(memory, order)) > 0) {
    memory = std::min(memory, BuddyOf(memory, order));
    ++order;
  }
  if (order == kOrders - 1 && live_bytes_ + free_bytes_ > budget_bytes_) {
    free_bytes_ -= kPageBytes;
    return memory;
  }
  free_[order].insert(memory);
  return nullptr;
}

std::byte* BlockPool::Allocate(int64_t bytes) {
  const int64_t size = SizeFor(bytes);
  if (size > kPageBytes) {
    auto* const memory =
        static_cast<std::byte*>(std::aligned_alloc(kBlockAlignment, static_cast<size_t>(size)));
    const MutexLock lock(mutex_);
    live_bytes_ += memory == nullptr ? 0 : size;
    return memory;
  }
  const MutexLock lock(mutex_);
  return TakePart(OrderOf(size));
}

void BlockPool::Free(std::byte* memory, int64_t bytes) {
  if (memory == nullptr) return;
  const int64_t size = SizeFor(bytes);
  {
    const MutexLock lock(mutex_);
    if (size > kPageBytes) {
      live_bytes_ -= size;
    } else {
      memory = ReturnPart(memory, OrderOf(size));
    }
  }
  std::free(memory);
}

int64_t BlockPool::live_bytes() const {
  const MutexLock lock(mutex_);
  return live_bytes_;
}

int64_t BlockPool::free_bytes() const {
  const MutexLock lock(mutex_);
  return free_bytes_;
}

}  // namespace rope::engine
