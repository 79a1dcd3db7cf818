// The messages of a stream, taken apart without copying the tensors' bytes.
#pragma once

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rope/v1/embeddings.pb.h"

namespace rope::client {

// A piece of one tensor as it arrived. The bytes belong to the message it came in.
struct ChunkView {
  v1::TensorKind kind = v1::TENSOR_KIND_UNSPECIFIED;
  int64_t byte_offset = 0;
  uint64_t xxh3_64 = 0;
  int64_t bytes = 0;                      // in all pieces
  std::vector<absl::string_view> pieces;  // of memory, in order
};

struct ResponseView {
  std::optional<v1::StreamHeader> header;
  std::optional<v1::StreamFooter> footer;
  std::vector<ChunkView> chunks;
};

// Parses a StreamEmbeddingsResponse. The views are valid as long as `message` is, unchanged.
// DATA_LOSS where it is none. Thread-safe.
absl::StatusOr<ResponseView> ParseResponse(grpc::ByteBuffer* message);

}  // namespace rope::client
