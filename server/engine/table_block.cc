#include "server/engine/table_block.h"

#include <utility>

#include "absl/status/status.h"
#include "xxhash.h"

namespace rope {
namespace {

constexpr int64_t kAlignment = 64;

}  // namespace

BlockResult TableBlock::Compute(const Backend& backend, const FrequencyPlan& plan,
                                const PositionIds& positions, int64_t first, int64_t rows,
                                const TableForm& form, int threads) {
  std::shared_ptr<TableBlock> block(new TableBlock);
  block->rows_ = rows;
  block->tensor_bytes_ = rows * RowBytes(form, plan.half_width());
  block->padded_bytes_ = (block->tensor_bytes_ + kAlignment - 1) / kAlignment * kAlignment;
  block->cos_.reset(static_cast<std::byte*>(
      std::aligned_alloc(kAlignment, static_cast<size_t>(2 * block->padded_bytes_))));
  if (block->cos_ == nullptr) return absl::ResourceExhaustedError("no memory for a table block");

  std::byte* const cos = block->cos_.get();
  std::byte* const sin = cos + block->padded_bytes_;
  const absl::Status status =
      backend.FillRows(plan, positions, first, rows, form, threads, {cos, sin});
  if (!status.ok()) return status;
  block->cos_xxh3_ = XXH3_64bits(cos, static_cast<size_t>(block->tensor_bytes_));
  block->sin_xxh3_ = XXH3_64bits(sin, static_cast<size_t>(block->tensor_bytes_));
  return std::shared_ptr<const TableBlock>(std::move(block));
}

}  // namespace rope
