#include "server/engine/table_block.h"

#include <utility>

#include "absl/status/status.h"
#include "xxhash.h"

namespace rope {
namespace {

constexpr int64_t kAlignment = 64;

int64_t Padded(int64_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

}  // namespace

TableBlock::TableBlock(std::shared_ptr<std::atomic<int64_t>> live_bytes, int64_t rows,
                       int64_t tensor_bytes)
    : live_bytes_(std::move(live_bytes)),
      rows_(rows),
      tensor_bytes_(tensor_bytes),
      padded_bytes_(Padded(tensor_bytes)),
      cos_(static_cast<std::byte*>(
          std::aligned_alloc(kAlignment, static_cast<size_t>(2 * padded_bytes_)))) {
  live_bytes_->fetch_add(charge());
}

TableBlock::~TableBlock() { live_bytes_->fetch_sub(charge()); }

BlockResult TableBlock::Compute(const BlockMaker& maker, const FrequencyPlan& plan,
                                const PositionIds& positions, int64_t first, int64_t rows,
                                const TableForm& form) {
  const int64_t tensor_bytes = rows * RowBytes(form, plan.half_width());
  const std::shared_ptr<TableBlock> block(new TableBlock(maker.live_bytes, rows, tensor_bytes));
  if (block->cos_ == nullptr) return absl::ResourceExhaustedError("no memory for a table block");

  std::byte* const cos = block->cos_.get();
  std::byte* const sin = cos + block->padded_bytes_;
  const absl::Status status =
      maker.backend->FillRows(plan, positions, first, rows, form, maker.threads, {cos, sin});
  if (!status.ok()) return status;
  block->cos_xxh3_ = XXH3_64bits(cos, static_cast<size_t>(tensor_bytes));
  block->sin_xxh3_ = XXH3_64bits(sin, static_cast<size_t>(tensor_bytes));
  return std::shared_ptr<const TableBlock>(block);
}

}  // namespace rope
