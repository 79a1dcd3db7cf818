#include "server/engine/block_pool.h"

#include <sys/mman.h>

#include <cstdlib>

namespace rope {
namespace {

constexpr int64_t kAlignment = 64;

bool IsSlab(int64_t bytes) {
  return bytes <= BlockPool::kSlabBytes && bytes > BlockPool::kSlabBytes / 4 * 3;
}

std::byte* NewSlab() {
  auto* const slab = static_cast<std::byte*>(
      std::aligned_alloc(BlockPool::kSlabBytes, static_cast<size_t>(BlockPool::kSlabBytes)));
  // Advice: where the system has no huge pages, small ones do.
  if (slab != nullptr) (void)madvise(slab, BlockPool::kSlabBytes, MADV_HUGEPAGE);
  return slab;
}

std::byte* NewMemory(int64_t bytes) {
  const int64_t padded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  return static_cast<std::byte*>(std::aligned_alloc(kAlignment, static_cast<size_t>(padded)));
}

}  // namespace

BlockPool::~BlockPool() {
  for (std::byte* slab : free_slabs_) std::free(slab);
}

int64_t BlockPool::SizeFor(int64_t bytes) { return IsSlab(bytes) ? kSlabBytes : bytes; }

std::byte* BlockPool::Allocate(int64_t bytes) {
  std::byte* memory = nullptr;
  if (IsSlab(bytes)) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!free_slabs_.empty()) {
      memory = free_slabs_.back();
      free_slabs_.pop_back();
    }
  }
  if (memory == nullptr) memory = IsSlab(bytes) ? NewSlab() : NewMemory(bytes);
  if (memory == nullptr) return nullptr;
  const std::lock_guard<std::mutex> lock(mutex_);
  live_bytes_ += SizeFor(bytes);
  return memory;
}

void BlockPool::Free(std::byte* memory, int64_t bytes) {
  if (memory == nullptr) return;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    live_bytes_ -= SizeFor(bytes);
    const auto free_bytes = static_cast<int64_t>(free_slabs_.size()) * kSlabBytes;
    if (IsSlab(bytes) && free_bytes + kSlabBytes <= most_free_bytes_) {
      free_slabs_.push_back(memory);
      return;
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
  return static_cast<int64_t>(free_slabs_.size()) * kSlabBytes;
}

}  // namespace rope
