// The bytes that precede the data of a chunk on the wire. Together with the data they are an
// ordinary StreamEmbeddingsResponse of one chunk, so a server can send tensor bytes without copying
// them.
#pragma once

#include <cstdint>
#include <string>

#include "rope/v1/tensor.pb.h"

namespace rope::wire {

// The fields of v1::Chunk, with the size of the data in place of the data.
struct ChunkFrame {
  v1::TensorKind kind = v1::TENSOR_KIND_UNSPECIFIED;
  int64_t byte_offset = 0;  // >= 0
  uint64_t xxh3_64 = 0;
  int64_t data_bytes = 0;  // >= 0
};

// StreamEmbeddingsResponse.chunks (15) { kind, byte_offset, xxh3_64, data (15) } up to the first
// byte of the data, which the caller must append. Several such messages in a row are one message
// with several chunks: protobuf merges them. Pure and thread-safe.
std::string ChunkFrameBytes(const ChunkFrame& frame);

}  // namespace rope::wire
