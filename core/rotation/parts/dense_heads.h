// DenseHeads: a tensor of heads without gaps, of which only a part may be in memory. A stream of
// such parts is rotated with the bits of the whole tensor.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "core/rotation/apply_rotary.h"
#include "core/rotation/rotation.h"
#include "core/table/dtype.h"

namespace rope {

// The dimensions from the outermost to the innermost. The channels of a head come last.
enum class HeadOrder {
  kBatchHeadsSeq,
  kBatchSeqHeads,
  kHeadsBatchSeq,
  kHeadsSeqBatch,
  kSeqBatchHeads,
  kSeqHeadsBatch
};

// Plain data. All sizes are at least 1, and their product times the element size fits int64_t.
struct DenseHeads {
  DType dtype = DType::kFloat32;  // kFloat32, kFloat16 or kBFloat16
  int64_t batch = 1;
  int64_t heads = 1;
  int64_t seq = 1;
  int64_t dim = 1;
  HeadOrder order = HeadOrder::kBatchHeadsSeq;

  // The number of vectors of `dim` channels.
  int64_t vectors() const { return batch * heads * seq; }
  int64_t vector_bytes() const { return dim * static_cast<int64_t>(DTypeSize(dtype)); }
};

// Rotates the vectors [first, first + count) of the tensor in place. `data` holds these vectors
// alone, and is aligned to the element. However a tensor is divided, the bits are those of one call
// of ApplyRotary for all of it. INVALID_ARGUMENT as ApplyRotary. REQUIRES a range of vectors within
// the tensor. Thread-safe for different `data`.
absl::Status RotateVectors(const Rotation& rotation, const RotaryTable& table,
                           const DenseHeads& tensor, int64_t first, int64_t count, std::byte* data);

}  // namespace rope
