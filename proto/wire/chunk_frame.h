// The bytes before a chunk's data on the wire. With the data behind them they are an ordinary
// StreamEmbeddingsResponse of one chunk, so that a server can send tensor bytes without copying
// them.
#pragma once

#include <cstdint>
#include <string>

#include "rope/v1/tensor.pb.h"

namespace rope::wire {

struct ChunkFrame {
  v1::TensorKind kind = v1::TENSOR_KIND_UNSPECIFIED;
  int64_t byte_offset = 0;  // >= 0
  uint64_t xxh3_64 = 0;
  int64_t data_bytes = 0;  // >= 0
};

// StreamEmbeddingsResponse.chunks (15) { kind, byte_offset, xxh3_64, data (15) } up to the first
// byte of data. Messages may be put one behind another: protobuf merges them.
std::string ChunkFrameBytes(const ChunkFrame& frame);

}  // namespace rope::wire
