#include "core/rotation/parts/dense_heads.h"

#include <algorithm>
#include <array>

#include "core/rotation/head_tensor.h"

namespace rope {
namespace {

// The dimensions, as indices into arrays of three.
constexpr int kBatch = 0;
constexpr int kHeads = 1;
constexpr int kSeq = 2;

using ThreeSizes = std::array<int64_t, 3>;  // of batch, heads and seq

// The dimensions of an order, from the outermost to the innermost.
std::array<int, 3> DimensionsOf(HeadOrder order) {
  switch (order) {
    case HeadOrder::kBatchSeqHeads:
      return {kBatch, kSeq, kHeads};
    case HeadOrder::kHeadsBatchSeq:
      return {kHeads, kBatch, kSeq};
    case HeadOrder::kHeadsSeqBatch:
      return {kHeads, kSeq, kBatch};
    case HeadOrder::kSeqBatchHeads:
      return {kSeq, kBatch, kHeads};
    case HeadOrder::kSeqHeadsBatch:
      return {kSeq, kHeads, kBatch};
    case HeadOrder::kBatchHeadsSeq:
      break;
  }
  return {kBatch, kHeads, kSeq};
}

// The table for the part of the tensor that starts at `batch` and `seq`.
RotaryTable TableFrom(const RotaryTable& table, int64_t batch, int64_t seq) {
  const int64_t elements = batch * table.batch_stride + seq * table.row_stride;
  const int64_t bytes = elements * static_cast<int64_t>(DTypeSize(table.dtype));
  RotaryTable part = table;
  part.cos = static_cast<const std::byte*>(table.cos) + bytes;
  if (table.sin != nullptr) part.sin = static_cast<const std::byte*>(table.sin) + bytes;
  return part;
}

// A part of the tensor that is dense in itself.
struct Part {
  ThreeSizes start = {0, 0, 0};
  ThreeSizes size = {1, 1, 1};
  ThreeSizes stride = {0, 0, 0};  // in elements
};

absl::Status RotatePart(const Rotation& rotation, const RotaryTable& table,
                        const DenseHeads& tensor, const Part& part, std::byte* data) {
  MutableHeadTensor out{tensor.dtype,     data,       part.size[kBatch],   part.size[kHeads],
                        part.size[kSeq],  tensor.dim, part.stride[kBatch], part.stride[kHeads],
                        part.stride[kSeq]};
  const HeadTensor in{out.dtype, out.data,         out.batch,       out.heads,     out.seq,
                      out.dim,   out.batch_stride, out.head_stride, out.seq_stride};
  return ApplyRotary(rotation, TableFrom(table, part.start[kBatch], part.start[kSeq]), in, out,
                     SequencePart{part.start[kSeq], tensor.seq});
}

}  // namespace

absl::Status RotateVectors(const Rotation& rotation, const RotaryTable& table,
                           const DenseHeads& tensor, int64_t first, int64_t count,
                           std::byte* data) {
  const auto [outer, middle, inner] = DimensionsOf(tensor.order);
  const ThreeSizes sizes = {tensor.batch, tensor.heads, tensor.seq};
  const int64_t end = first + count;
  while (first < end) {
    Part part;
    part.start[inner] = first % sizes[inner];
    part.start[middle] = first / sizes[inner] % sizes[middle];
    part.start[outer] = first / sizes[inner] / sizes[middle];
    // The rest of a run of the innermost dimension, or as many whole runs as there are.
    const int64_t left = end - first;
    if (part.start[inner] == 0 && left >= sizes[inner]) {
      part.size[inner] = sizes[inner];
      part.size[middle] = std::min(left / sizes[inner], sizes[middle] - part.start[middle]);
    } else {
      part.size[inner] = std::min(left, sizes[inner] - part.start[inner]);
    }
    part.stride[inner] = tensor.dim;
    part.stride[middle] = tensor.dim * part.size[inner];
    absl::Status status = RotatePart(rotation, table, tensor, part, data);
    if (!status.ok()) return status;
    const int64_t vectors = part.size[inner] * part.size[middle];
    first += vectors;
    data += vectors * tensor.vector_bytes();
  }
  return absl::OkStatus();
}

}  // namespace rope
