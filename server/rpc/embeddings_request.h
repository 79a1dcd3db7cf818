// EmbeddingsRequest: a StreamEmbeddingsRequest read, checked against the limits, in core's types.
#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/table/position_ids.h"
#include "core/table/table_rows.h"
#include "rope/v1/embeddings.pb.h"
#include "server/engine/limits.h"
#include "server/engine/rope_engine.h"

namespace rope::server {

struct EmbeddingsRequest {
  std::string config_json;
  engine::ResolveOptions resolve;  // seq_len is there: stated, or the largest position plus 1
  PositionIds positions;
  std::vector<int64_t> shape;  // of the positions; [positions.size()] where none was stated
  TableForm form;
  std::vector<v1::TensorKind> tensors;  // at least one, each once
  int64_t chunk_bytes = 0;
  int64_t first_row = 0;  // in [0, positions.size())
  bool omit_checksums = false;
};

// INVALID_ARGUMENT or RESOURCE_EXHAUSTED, with the field's path and what is allowed. Takes time and
// memory linear in the request; a range costs nothing whatever its length.
absl::StatusOr<EmbeddingsRequest> ReadEmbeddingsRequest(const grpc::ByteBuffer& bytes,
                                                        const engine::Limits& limits);
absl::StatusOr<EmbeddingsRequest> ReadEmbeddingsRequest(const v1::StreamEmbeddingsRequest& request,
                                                        const engine::Limits& limits);

}  // namespace rope::server
