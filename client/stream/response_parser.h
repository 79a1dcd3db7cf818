// The messages of a stream, parsed without copying the bytes of the tensors.
#pragma once

#include <grpcpp/grpcpp.h>

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "client/chunk_view.h"
#include "rope/v1/embeddings.pb.h"

namespace rope::client {

// A StreamEmbeddingsResponse whose chunks point into the received bytes.
struct ResponseView {
  std::optional<v1::StreamHeader> header;
  std::optional<v1::StreamFooter> footer;
  std::vector<ChunkView> chunks;  // in the message's order
};

// Parses a StreamEmbeddingsResponse; DATA_LOSS if `message` is not one. Fields that this version
// does not know are skipped, as protobuf does. The chunks are valid as long as `message` exists and
// is not changed. Thread-safe for different messages.
absl::StatusOr<ResponseView> ParseResponse(grpc::ByteBuffer* message);

}  // namespace rope::client
