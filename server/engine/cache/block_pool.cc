#include "server/engine/cache/block_pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstdlib>

namespace rope::engine {
namespace {

constexpr int64_t kAlignment = 64;

constexpr int64_t BytesOf(int order) { return BlockPool::kLeastBytes << order; }

// Of a size that SizeFor gives.
int OrderOf(int64_t size) {
  return std::countr_zero(static_cast<uint64_t>(size / BlockPool::kLeastBytes));
}

std::byte* NewPage() {
  auto* const page = static_cast<std::byte*>(
      std::aligned_alloc(BlockPool::kPageBytes, static_cast<size_t>(BlockPool::kPageBytes)));
  // Advice: where the system has no huge pages, small ones do.
  if (page != nullptr) (void)madvise(page, BlockPool::kPageBytes, MADV_HUGEPAGE);
  return page;
}

// The other half of what both are halves of. Pages are aligned to their size, halves to theirs.
std::byte* BuddyOf(std::byte* memory, int order) {
  const auto address = reinterpret_cast<uintptr_t>(memory);
  const bool second = (address & static_cast<uintptr_t>(BytesOf(order))) != 0;
  return second ? memory - BytesOf(order) : memory + BytesOf(order);
}

}  // namespace

static_assert(BytesOf(10) == BlockPool::kPageBytes);

BlockPool::~BlockPool() {
  for (std::byte* page : free_[kOrders - 1]) std::free(page);  // all are whole by now
}

int64_t BlockPool::SizeFor(int64_t bytes) {
  if (bytes > kPageBytes) return (bytes + kAlignment - 1) / kAlignment * kAlignment;
  if (bytes <= kLeastBytes) return kLeastBytes;
  return static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(bytes)));
}

std::byte* BlockPool::Take(int order) {
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

std::byte* BlockPool::Return(std::byte* memory, int order) {
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
        static_cast<std::byte*>(std::aligned_alloc(kAlignment, static_cast<size_t>(size)));
    const std::lock_guard<std::mutex> lock(mutex_);
    live_bytes_ += memory == nullptr ? 0 : size;
    return memory;
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  return Take(OrderOf(size));
}

void BlockPool::Free(std::byte* memory, int64_t bytes) {
  if (memory == nullptr) return;
  const int64_t size = SizeFor(bytes);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (size > kPageBytes) {
      live_bytes_ -= size;
    } else {
      memory = Return(memory, OrderOf(size));
    }
  }
  std::free(memory);
}

int64_t BlockPool::live_bytes() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return live_bytes_;
}

int64_t BlockPool::free_bytes() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return free_bytes_;
}

}  // namespace rope::engine
