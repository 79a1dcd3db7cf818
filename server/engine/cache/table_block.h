// TableBlock: consecutive rows of a table. They are computed together and never change afterwards.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/backends/backend.h"
#include "server/engine/cache/block_pool.h"

namespace rope::engine {

// The largest size of a block, all tensors together. A block with a single row may be larger. The
// size equals the default chunk, so a block usually is one message, and its checksums are the
// checksums of its chunks.
inline constexpr int64_t kBlockBytes = 1 << 20;

// Rows of a full block: at least 1. `half_width`: frequencies of the plan.
inline int64_t RowsPerBlock(const TableForm& form, int64_t half_width) {
  const int64_t rows = kBlockBytes / (TensorCount(form) * RowBytes(form, half_width));
  return rows < 1 ? 1 : rows;
}

// How blocks are computed, the same for all of them.
struct ComputeSettings {
  const Backend* backend = nullptr;  // never null when a block is computed
  int threads = 1;                   // that compute one block together, >= 1
  // The memory of all blocks, whether the cache or only a stream holds them.
  std::shared_ptr<BlockPool> pool = std::make_shared<BlockPool>();
};

// Consecutive rows, and the plan that computes them.
struct PlannedRows {
  const FrequencyPlan* plan = nullptr;
  int64_t rows = 0;  // >= 1
};

class TableBlock;
using BlockResult = absl::StatusOr<std::shared_ptr<const TableBlock>>;
using BlockCallback = std::function<void(const BlockResult&)>;

// Immutable except for the mark of use, and thread-safe. Shared by reference counting: a block that
// the cache has dropped lives until its last reader is done.
class TableBlock {
 public:
  // Computes the rows of positions[first], ..., positions[first + rows - 1] on this thread. Returns
  // the backend's status if it fails, and RESOURCE_EXHAUSTED if there is no memory. The other
  // requirements are those of Backend::FillRows.
  static BlockResult Compute(const ComputeSettings& settings, const FrequencyPlan& plan,
                             const PositionIds& positions, int64_t first, int64_t rows,
                             const TableForm& form);
  // The same for rows of several plans: those of `parts`, one part after the other. REQUIRES at
  // least one part, and that all plans have the same number of frequencies.
  static BlockResult Compute(const ComputeSettings& settings, absl::Span<const PlannedRows> parts,
                             const PositionIds& positions, int64_t first, const TableForm& form);
  ~TableBlock();
  TableBlock(const TableBlock&) = delete;
  TableBlock& operator=(const TableBlock&) = delete;

  int64_t rows() const { return rows_; }
  int64_t tensors() const { return tensors_; }            // TensorCount of the form: 1 or 2
  int64_t tensor_bytes() const { return tensor_bytes_; }  // of each tensor, without padding
  // Bytes of memory that the block occupies.
  int64_t charge() const {
    return BlockPool::SizeFor(tensors_ * padded_bytes_) + static_cast<int64_t>(sizeof(*this));
  }

  // The tensor_bytes() bytes of tensor `index` in [0, tensors()), aligned to 64. Tensor 0 is cos,
  // or the joined tensor of a joined layout; tensor 1 is sin. They live as long as the block.
  const std::byte* tensor(int64_t index) const { return bytes_ + index * padded_bytes_; }
  uint64_t xxh3(int64_t index) const { return xxh3_[index]; }  // XXH3-64 of those bytes

  // Marks the block as used. A reader that found the block without the cache (SmallAnswers) calls
  // this, so that the cache keeps the block's entry once more instead of dropping it.
  void MarkUsed() const { used_.store(true, std::memory_order_relaxed); }
  // Whether the block was marked since the last call; removes the mark.
  bool TakeUsed() const { return used_.exchange(false, std::memory_order_relaxed); }

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
