#include "server/engine/cache/table_block.h"

#include <utility>

#include "absl/status/status.h"
#include "core/backends/axis_rows.h"
#include "core/checksum/xxh3.h"

namespace rope::engine {
namespace {

// Bytes of a cache line, and of the widest store of a kernel.
constexpr int64_t kTensorAlignment = 64;

int64_t Padded(int64_t bytes) {
  return (bytes + kTensorAlignment - 1) / kTensorAlignment * kTensorAlignment;
}

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
  const PlannedRows all[] = {{&plan, rows}};
  return Compute(settings, all, positions, first, form);
}

BlockResult TableBlock::Compute(const ComputeSettings& settings,
                                absl::Span<const PlannedRows> parts, const PositionIds& positions,
                                int64_t first, const TableForm& form) {
  int64_t rows = 0;
  for (const PlannedRows& part : parts) rows += part.rows;
  const int64_t row_bytes = RowBytes(form, parts.front().plan->half_width());
  const int64_t tensor_bytes = rows * row_bytes;
  const std::shared_ptr<TableBlock> block(
      new TableBlock(settings.pool, rows, TensorCount(form), tensor_bytes));
  if (block->bytes_ == nullptr) return absl::ResourceExhaustedError("no memory for a table block");

  std::byte* cos = block->bytes_;
  std::byte* sin = block->tensors_ == 2 ? cos + block->padded_bytes_ : nullptr;
  for (const PlannedRows& part : parts) {
    absl::Status status = FillTableRows(*settings.backend, *part.plan, positions, first, part.rows,
                                        form, settings.threads, {cos, sin});
    if (!status.ok()) return status;
    first += part.rows;
    cos += part.rows * row_bytes;
    if (sin != nullptr) sin += part.rows * row_bytes;
  }
  for (int64_t i = 0; i < block->tensors_; ++i) {
    block->xxh3_[i] = Xxh3(block->tensor(i), static_cast<size_t>(tensor_bytes));
  }
  return std::shared_ptr<const TableBlock>(block);
}

}  // namespace rope::engine
