// ChunkView: one chunk of a tensor where it lies in the received message.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "rope/v1/tensor.pb.h"

namespace rope::client {

// Points into the message with which it arrived. The function that returns it says how long it is
// valid.
struct ChunkView {
  v1::TensorKind kind = v1::TENSOR_KIND_UNSPECIFIED;
  int64_t byte_offset = 0;  // of the chunk's first byte in its tensor
  uint64_t xxh3_64 = 0;     // as the server sent it; 0 if the request asked for no checksums
  int64_t byte_size = 0;    // of all segments together
  // The chunk's bytes, in order. gRPC may deliver one chunk in several buffers.
  std::vector<absl::string_view> segments;
};

}  // namespace rope::client
