// EmbeddingsRequest: a StreamEmbeddingsRequest that was read and checked against the limits, in
// types of core and of the engine.
#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/table/position_ids.h"
#include "core/table/table_rows.h"
#include "rope/v1/embeddings.pb.h"
#include "server/engine/batch.h"
#include "server/engine/limits.h"
#include "server/engine/resolved_plan.h"

namespace rope::server {

// The most sequences of one request.
inline constexpr int kMaxSequences = 1024;

struct EmbeddingsRequest {
  std::string config_json;
  uint64_t config_hash = 0;        // wire::ConfigHash of the request
  engine::ResolveOptions resolve;  // seq_len is set: the stated one, or the largest position plus 1
  PositionIds positions;
  // Of a batch; resolve.seq_len is then that of the first one. Empty: this is no batch.
  std::vector<engine::SequenceRows> sequences;
  std::vector<int64_t> shape;  // of the positions; [positions.size()] if the request states none
  TableForm form;
  std::vector<v1::TensorKind> tensors;  // at least one, each once
  int64_t chunk_bytes = 0;              // within the limits, never 0
  int64_t first_row = 0;                // in [0, positions.size())
  bool omit_checksums = false;
};

// Returns INVALID_ARGUMENT, or RESOURCE_EXHAUSTED for a request above the limits; the message names
// the field and what it must be. Does not validate the configuration. Takes time and memory linear
// in the size of the request; a range of positions takes constant time, however long it is.
absl::StatusOr<EmbeddingsRequest> ReadEmbeddingsRequest(const grpc::ByteBuffer& bytes,
                                                        const engine::Limits& limits);
absl::StatusOr<EmbeddingsRequest> ReadEmbeddingsRequest(const v1::StreamEmbeddingsRequest& request,
                                                        const engine::Limits& limits);

}  // namespace rope::server
