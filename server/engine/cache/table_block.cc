#include "server/engine/cache/table_block.h"

#include <utility>

#include "absl/status/status.h"
#include "core/backends/axis_rows.h"
#include "core/checksum/xxh3.h"

namespace rope::engine {
namespace {

// Bytes of a cache line, and of the widest store of a kernel.
constexpr int64_t kAlignment = 64;

int64_t Padded(int64_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

}  // namespace

TableBlock::TableBlock(std::shared_ptr<BlockPool> pool, int64_t rows, int64_t tensors,
                       int64_t tensor_bytes)
    : pool_(std::move(pool)),
      rows_(rows),
      tensors_(tensors),
      tensor_bytes_(tensor_bytes),
      padded_bytes_(Padded(tensor_bytes)),
      bytes_(pool_->Allocate(tensors_ * padded_bytes_)) {}

TableBlock::~TableBlock() { pool_->Free(bytes_, tensors_ * padded_bytes_); }

BlockResult TableBlock::Compute(const ComputeSettings& settings, const FrequencyPlan& plan,
                                const PositionIds& positions, int64_t first, int64_t rows,
                                const TableForm& form) {
  const int64_t tensor_bytes = rows * RowBytes(form, plan.half_width());
  const std::shared_ptr<TableBlock> block(
      new TableBlock(settings.pool, rows, TensorCount(form), tensor_bytes));
  if (block->bytes_ == nullptr) return absl::ResourceExhaustedError("no memory for a table block");

  std::byte* const cos = block->bytes_;
  std::byte* const sin = block->tensors_ == 2 ? cos + block->padded_bytes_ : nullptr;
  const absl::Status status = FillTableRows(*settings.backend, plan, positions, first, rows, form,
                                            settings.threads, {cos, sin});
  if (!status.ok()) return status;
  for (int64_t i = 0; i < block->tensors_; ++i) {
    block->xxh3_[i] = Xxh3(block->tensor(i), static_cast<size_t>(tensor_bytes));
  }
  return std::shared_ptr<const TableBlock>(block);
}

}  // namespace rope::engine
