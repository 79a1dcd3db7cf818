// TableBlock: consecutive rows of a table, computed at once, never changed afterwards.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "core/backends/backend.h"
#include "server/engine/cache/block_pool.h"

namespace rope::engine {

// Bytes of a block, all tensors together, at most (a single longer row makes a longer block). It is
// the default chunk, so that a block is one message, and its checksums are its chunks' checksums.
inline constexpr int64_t kBlockBytes = 1 << 20;

inline int64_t RowsPerBlock(const TableForm& form, int64_t half_width) {
  const int64_t rows = kBlockBytes / (TensorCount(form) * RowBytes(form, half_width));
  return rows < 1 ? 1 : rows;
}

// Who computes blocks, and the memory of all that live, cached or still being sent.
struct BlockMaker {
  const Backend* backend = nullptr;
  int threads = 1;  // per block
  std::shared_ptr<BlockPool> pool = std::make_shared<BlockPool>();
};

class TableBlock;
using BlockResult = absl::StatusOr<std::shared_ptr<const TableBlock>>;
using BlockCallback = std::function<void(const BlockResult&)>;

class TableBlock {
 public:
  // Computes the rows of positions [first, first + rows). The backend's status where it fails;
  // RESOURCE_EXHAUSTED where there is no memory.
  static BlockResult Compute(const BlockMaker& maker, const FrequencyPlan& plan,
                             const PositionIds& positions, int64_t first, int64_t rows,
                             const TableForm& form);
  ~TableBlock();
  TableBlock(const TableBlock&) = delete;
  TableBlock& operator=(const TableBlock&) = delete;

  int64_t rows() const { return rows_; }
  int64_t tensors() const { return tensors_; }            // TensorCount of the form
  int64_t tensor_bytes() const { return tensor_bytes_; }  // of each
  // Bytes of memory that it takes.
  int64_t charge() const {
    return BlockPool::SizeFor(tensors_ * padded_bytes_) + static_cast<int64_t>(sizeof(*this));
  }

  // Tensor 0 is cos, or the joined one; tensor 1 is sin. Aligned to 64 bytes.
  const std::byte* tensor(int64_t index) const { return bytes_ + index * padded_bytes_; }
  // For those who hold a block without asking the cache for it: keeps it from being dropped once.
  void MarkUsed() const { used_.store(true, std::memory_order_relaxed); }
  bool TakeUsed() const { return used_.exchange(false, std::memory_order_relaxed); }

  uint64_t xxh3(int64_t index) const { return xxh3_[index]; }  // XXH3-64 of all its bytes

 private:
  TableBlock(std::shared_ptr<BlockPool> pool, int64_t rows, int64_t tensors, int64_t tensor_bytes);

  const std::shared_ptr<BlockPool> pool_;
  const int64_t rows_;
  const int64_t tensors_;
  const int64_t tensor_bytes_;
  const int64_t padded_bytes_;
  std::byte* const bytes_;  // from the pool: tensor 0, padding, tensor 1, padding
  std::array<uint64_t, 2> xxh3_ = {};
  mutable std::atomic<bool> used_{false};
};

}  // namespace rope::engine
